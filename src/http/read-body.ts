import type { Readable } from 'node:stream';
import { Refusal } from '../errors.ts';

const mebibyte = 2 ** 20;

/**
 * Reads the whole body of a request, of at most `limitBytes`. `contentLength` is what the header declares.
 *
 * Throws the refusal `payload-too-large` for a longer body. The rest of it is read and dropped first, up to
 * eight times the limit (1 MiB at least, 64 MiB at most), because a client that is still sending sees a
 * reset instead of the answer, and the connection could not be used again. A still longer body is left
 * unread, and the refusal carries `connection: close`, which the answer must have too.
 * Rejects with the stream's own error when the client goes away.
 */
export function readBody(
  stream: Readable,
  contentLength: number | undefined,
  limitBytes: number,
): Promise<Buffer> {
  const dropBytes = Math.min(Math.max(8 * limitBytes, mebibyte), 64 * mebibyte);
  const readableBytes = Math.max(limitBytes, dropBytes);
  if (contentLength !== undefined && contentLength > readableBytes) {
    return Promise.reject(tooLarge(limitBytes, { connection: 'close' }));
  }
  if (stream.destroyed) return Promise.reject(aborted());

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let receivedBytes = 0;
    // The listeners stay until the request ends: the first outcome settles the promise, later ones do nothing.
    stream.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length;
      if (receivedBytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (receivedBytes > readableBytes) {
        stream.pause();
        reject(tooLarge(limitBytes, { connection: 'close' }));
      }
    });
    stream.on('end', () => {
      if (receivedBytes > limitBytes) reject(tooLarge(limitBytes, {}));
      else resolve(Buffer.concat(chunks, receivedBytes));
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (!stream.readableEnded) reject(aborted());
    });
  });
}

function tooLarge(limitBytes: number, headers: Record<string, string>): Refusal {
  const detail = `The body may have at most ${limitBytes} bytes.`;
  return new Refusal('payload-too-large', {
    detail,
    faults: [{ pointer: '', rule: 'maxBytes', detail }],
    headers,
  });
}

function aborted(): Error {
  return Object.assign(new Error('The request was aborted'), { code: 'ECONNRESET' });
}
