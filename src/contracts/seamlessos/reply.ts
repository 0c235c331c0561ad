import type { TextReply } from '../../customer/operation.ts';
import type { JsonObject } from '../../schema/json.ts';

/** An answer in JSON. */
export const answer = (
  status: number,
  body: JsonObject,
  headers: Record<string, string> = {},
): TextReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
