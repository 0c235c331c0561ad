import { Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';

/** A body that has to be an object. Throws Refusal `validation-failed`. */
export const objectOf = (body: Json | undefined): JsonObject => {
  if (isObject(body)) return body;
  throw new Refusal('validation-failed', {
    faults: [{ pointer: '', rule: 'type', detail: 'must be object' }],
  });
};
