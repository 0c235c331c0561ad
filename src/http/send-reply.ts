import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Reply } from '../customer/operation.ts';
import { Refusal } from '../errors.ts';
import { describeError } from './describe-error.ts';
import type { Metrics } from './metrics.ts';
import { noteRequest } from './note-request.ts';

/**
 * Sends a reply. One in parts that fails once it has begun breaks off, since its status is sent already: it is logged and
 * counted with the status that it would have had. The framework tells of that nowhere, nor of a client that goes away.
 */
export const sendReply = (
  reply: FastifyReply,
  metrics: Metrics,
  { status, headers, body, parts }: Reply,
): FastifyReply => {
  if (reply.server.stop.stopping) reply.header('connection', 'close');
  return reply
    .code(status)
    .headers(headers)
    .send(parts ? streamOf(parts, reply, metrics) : body === '' ? undefined : body);
};

const streamOf = (parts: AsyncIterable<string>, reply: FastifyReply, metrics: Metrics): Readable => {
  const { request } = reply;
  return Readable.from(parts, { objectMode: false }).on('error', (error) => {
    // Before anything was sent, it is refused like everything else.
    if (!reply.raw.headersSent) return;
    request.log.error({ requestId: request.id, error: describeError(error) }, 'an answer broke off');
    const { status } = error instanceof Refusal ? error : new Refusal('internal-error');
    noteRequest(metrics, request, reply, status);
  });
};
