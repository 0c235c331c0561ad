import type { Update } from '../../customer/update-customer.ts';
import { Refusal } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { jsonPatch } from '../../schema/json-patch.ts';
import { mergePatch } from '../../schema/merge-patch.ts';
import { nativeView } from './view.ts';

/** How a change is said: RFC 7396, RFC 6902, or the whole new document. */
export type ChangeLanguage = 'mergePatch' | 'jsonPatch' | 'replace';

/** The most operations one JSON Patch may have. */
export const mostPatchOperations = 1000;

/** Makes the update of a body. Throws Refusal `invalid-patch` or `validation-failed` for a body of another form. */
export const changeOf = (language: ChangeLanguage, body: Json | undefined): Update => {
  if (language === 'jsonPatch') {
    const patch = body ?? null;
    return {
      view: nativeView,
      apply: (document) => jsonPatch(document, patch, { maxOperations: mostPatchOperations }),
    };
  }
  const document = documentOf(body);
  const apply = (current: JsonObject) => (language === 'replace' ? document : mergePatch(current, document));
  return { view: nativeView, apply };
};

/** A body that has to be an object. */
export const documentOf = (body: Json | undefined): JsonObject => {
  if (isObject(body)) return body;
  const faults = [{ pointer: '', rule: 'type', detail: 'must be object' }];
  throw new Refusal('validation-failed', { faults });
};
