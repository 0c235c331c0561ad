import type { Customer } from '../../customer/customer.ts';
import { checkRemovedNames } from '../../customer/unknown-members.ts';
import { throughView, type Update } from '../../customer/update-customer.ts';
import { withoutMasks } from '../../mapping/sent-masks.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { jsonPatch } from '../../schema/json-patch.ts';
import { readPatch } from '../../schema/json-patch-document.ts';
import { mergePatch } from '../../schema/merge-patch.ts';
import { patchLimits } from '../json-patch.ts';
import { objectOf } from '../object-body.ts';
import { masks, nativeView, refuseTaken, withoutSystem } from './view.ts';

/** How a change is said: RFC 7396, RFC 6902, or the whole new document. */
type ChangeLanguage = 'mergePatch' | 'jsonPatch' | 'replace';

/** Makes the update of a body. Throws Refusal `validation-failed` for a body of another form. */
export const changeOf = (language: ChangeLanguage, body: Json | undefined): Update => {
  if (language === 'jsonPatch') {
    // Read before the change is judged or accepted: what can not be understood is refused at once.
    const operations = readPatch(body ?? null, patchLimits);
    return throughView(nativeView, (document) => {
      const patched = jsonPatch(document, operations, patchLimits);
      refuseTaken(operations, patched);
      return patched;
    });
  }
  const document = objectOf(body);
  if (language === 'replace') return throughView(nativeView, () => document);
  // Members of the service apart, the native document is the record, so the patch goes straight to it.
  const merged = (base: Customer): JsonObject => {
    const data = base.data as JsonObject;
    const patch = withoutSystem(document, base);
    checkRemovedNames(patch);
    return withoutMasks(mergePatch(data, patch) as JsonObject, data, masks);
  };
  return { partial: true, write: merged, said: merged };
};
