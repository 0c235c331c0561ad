import type { Reply } from '../../customer/operation.ts';
import type { JsonObject } from '../../schema/json.ts';

/** An answer in JSON. */
export const answer = (status: number, body: JsonObject, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
