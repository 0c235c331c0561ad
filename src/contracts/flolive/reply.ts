import Type, { type TSchema } from 'typebox';
import type { TextReply } from '../../customer/operation.ts';
import type { JsonObject } from '../../schema/json.ts';

/** A success as the page has it: the one thing that was asked for, on a page of its own. */
export const acknowledged = (content: JsonObject, headers: Record<string, string> = {}): TextReply => ({
  status: 200,
  headers: { ...jsonHeaders, ...headers },
  body: JSON.stringify({
    errorCode: '',
    errorMessage: '',
    content: [content],
    pageable: { page: 0, size: 10, totalPages: 1, totalElements: 1 },
  }),
});

/** A failure as the page has it: code and message, the rest empty texts. */
export const refused = (
  status: number,
  errorCode: string,
  errorMessage: string,
  headers: Record<string, string>,
): TextReply => ({
  status,
  headers: { ...jsonHeaders, ...headers },
  body: JSON.stringify({ errorCode, errorMessage, content: '', pageable: '' }),
});

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };

/** The schema of a success with this content. */
export const acknowledgedSchema = (content: TSchema): TSchema =>
  Type.Object(
    {
      errorCode: Type.Literal(''),
      errorMessage: Type.Literal(''),
      content: Type.Array(content, { minItems: 1, maxItems: 1 }),
      pageable: Type.Object({
        page: Type.Integer({ description: 'Page number' }),
        size: Type.Integer({ description: 'Requested elements per page' }),
        totalPages: Type.Integer(),
        totalElements: Type.Integer(),
      }),
    },
    { title: 'ACK', additionalProperties: false },
  );

/** The schema of a failure. */
export const refusedSchema: TSchema = Type.Object(
  {
    errorCode: Type.String({ minLength: 1, examples: ['CUSTOMER_1003'] }),
    errorMessage: Type.String({ minLength: 1, description: 'A cause may follow after a colon.' }),
    content: Type.Literal(''),
    pageable: Type.Literal(''),
  },
  { title: 'NAK', additionalProperties: false },
);
