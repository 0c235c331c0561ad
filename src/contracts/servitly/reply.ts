import type { TextReply } from '../../customer/operation.ts';
import type { JsonObject } from '../../schema/json.ts';

/** An answer with a JSON body. */
export const reply = (status: number, body: JsonObject, headers: Record<string, string> = {}): TextReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

/** An answer that says by its status alone that it was done. */
export const noContent = (): TextReply => ({ status: 204, headers: {}, body: '' });
