import { type ContractWebhooks, eventBody } from '../webhooks.ts';
import { customerBody } from './reply.ts';
import { customerSchema } from './reply-schemas.ts';

/** Every kind of change, with the customer as a read would show it. */
export const webhooks: ContractWebhooks = {
  events: ['customer.created', 'customer.updated', 'customer.deleted', 'customer.erased'],
  data: customerSchema,
  render: (event) => eventBody(event, customerBody(event.customer, event.context)),
};
