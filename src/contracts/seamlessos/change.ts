import Type from 'typebox';
import { Refusal } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { mergePatch } from '../../schema/merge-patch.ts';
import { validator } from '../../schema/validate.ts';
import { userIds } from './schemas.ts';
import { userOf } from './users.ts';

/**
 * The document with an update: what is absent stays, null clears, objects are merged member by member. A payment profile
 * that is cleared turns automatic payment off, as the page has it, unless the update says what becomes of it.
 */
export const updated = (document: JsonObject, update: JsonObject): Json => {
  const result = mergePatch(document, update);
  const [before, said] = [document['billing'], update['billing']];
  const isCleared = isObject(said) && said['defaultPaymentProfileId'] === null && !('autoPay' in said);
  const isOn = isObject(before) && before['autoPay'] === true;
  return isCleared && isOn ? mergePatch(result, { billing: { autoPay: false } }) : result;
};

/** The document with other billing details in the place of all that it has. */
export const withBilling = (document: JsonObject, billing: JsonObject): Json => ({
  ...document,
  billing: mergePatch({}, billing),
});

/** The document of a new customer. Throws Refusal `validation-failed` for `userIds` that are none. */
export const created = ({ userIds: ids, ...body }: JsonObject): JsonObject => {
  const faults = judgeUserIds({ userIds: ids ?? null });
  if (faults.length > 0) {
    throw new Refusal('validation-failed', { faults: faults.map((fault) => ({ ...fault, wire: true })) });
  }
  const users = Array.isArray(ids) ? [...new Set(ids)].map((one) => userOf(String(one))) : [];
  return mergePatch({}, { ...body, users }) as JsonObject;
};

const judgeUserIds = validator(Type.Object({ userIds }));
