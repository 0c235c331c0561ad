import { type ContractWebhooks, messageSchema, toldEvents } from '../contracts/webhooks.ts';
import { type EventType, eventMeanings } from '../customer/operation.ts';
import { answerMeanings } from '../webhooks/send.ts';
import { signatureHeaders } from '../webhooks/signature.ts';

/** The messages that a contract's subscribers can be sent, as `webhooks` of an OpenAPI 3.1 document has them. */
export const webhooksOf = (webhooks: ContractWebhooks): Record<string, unknown> =>
  Object.fromEntries(toldEvents(webhooks).map((type) => [type, { post: operationOf(type, webhooks) }]));

const operationOf = (type: EventType, webhooks: ContractWebhooks) => ({
  operationId: type.replace(/\.(\w)/g, (_dot, letter: string) => letter.toUpperCase()),
  summary: eventMeanings[type],
  description:
    'Sent at least once, in order for each customer, signed as Standard Webhooks has it. `customary webhook create` says to which URL.',
  security: [],
  parameters: Object.entries(signatureHeaders).map(([name, { schema, description }]) => ({
    name,
    in: 'header',
    required: true,
    schema,
    description,
  })),
  requestBody: {
    required: true,
    content: { 'application/json': { schema: messageSchema(type, webhooks) } },
  },
  responses: Object.fromEntries(
    Object.entries(answerMeanings).map(([status, description]) => [status, { description }]),
  ),
});
