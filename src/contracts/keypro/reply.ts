import type { TextReply } from '../../customer/operation.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import type { Call } from '../contract.ts';
import type { Render } from '../mapped-customer.ts';
import { sightFor, withoutHidden } from './protection.ts';

/** An answer with a JSON body. */
export const jsonReply = (status: number, body: Json, headers: Record<string, string> = {}): TextReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The answer with the whole customer, as far as the caller may know it. */
export const customerReply =
  (call: Call, status: 200 | 201): Render =>
  (document, customer, headers) =>
    jsonReply(status, withoutHidden(document, sightFor(customer, call.context)), {
      ...headers,
      ...(status === 201 ? { location: pathOf(document) } : {}),
    });

const pathOf = ({ id }: JsonObject): string => `/keypro/api/v2/customers/${String(id)}/`;
