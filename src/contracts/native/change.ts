import { throughView, type Update } from '../../customer/update-customer.ts';
import { Refusal } from '../../errors.ts';
import { withoutMasks } from '../../mapping/sent-masks.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { jsonPatch } from '../../schema/json-patch.ts';
import { mergePatch } from '../../schema/merge-patch.ts';
import { masks, nativeView, withoutSystem } from './view.ts';

/** How a change is said: RFC 7396, RFC 6902, or the whole new document. */
export type ChangeLanguage = 'mergePatch' | 'jsonPatch' | 'replace';

/** The most operations one JSON Patch may have. */
export const mostPatchOperations = 1000;

/** Makes the update of a body. Throws Refusal `validation-failed` for a body of another form. */
export const changeOf = (language: ChangeLanguage, body: Json | undefined): Update => {
  if (language === 'jsonPatch') {
    const limits = { maxOperations: mostPatchOperations };
    return throughView(nativeView, (document) => jsonPatch(document, body ?? null, limits));
  }
  const document = documentOf(body);
  if (language === 'replace') return throughView(nativeView, () => document);
  // Members of the service apart, the native document is the record, so the patch goes straight to it.
  return {
    partial: true,
    write(_base, stored) {
      const data = stored.data as JsonObject;
      return withoutMasks(mergePatch(data, withoutSystem(document, stored)) as JsonObject, data, masks);
    },
  };
};

/** A body that has to be an object. */
export const documentOf = (body: Json | undefined): JsonObject => {
  if (isObject(body)) return body;
  const faults = [{ pointer: '', rule: 'type', detail: 'must be object' }];
  throw new Refusal('validation-failed', { faults });
};
