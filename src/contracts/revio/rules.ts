import type { Fault } from '../../errors.ts';
import { isNothing, parsePath, valueAt } from '../../mapping/path.ts';
import { deepEqual, type Json, type JsonObject } from '../../schema/json.ts';
import type { CheckDocument } from '../checked-view.ts';

/**
 * Rev.io's rules between members. One is judged only when a member of it changed, so that a customer whom another
 * contract left otherwise can still be changed elsewhere, and may come back as it was.
 */
export const checkCustomer: CheckDocument = ({ after, before, sent }) => {
  const now = at(after);
  const was = at(before ?? {});
  const changed = (...paths: string[]) =>
    !before || paths.some((path) => !deepEqual(now(path) ?? null, was(path) ?? null));
  const faults: Fault[] = [];
  const sentId = sent['customer_id'];
  if (before && !isNothing(sentId) && sentId !== before['customer_id']) {
    faults.push({ pointer: '/customer_id', rule: 'readOnly', detail: 'must be that of the path' });
  }
  const lacksAgent = !isNothing(now('secondary_agent_id')) && isNothing(now('agent_id'));
  if (lacksAgent && changed('agent_id', 'secondary_agent_id')) {
    faults.push({ pointer: '/secondary_agent_id', rule: 'dependency', detail: 'needs an agent_id' });
  }
  const lacksEmail = isMailed(now('finance.billing_method')) && (now('email') ?? '') === '';
  if (lacksEmail && changed('email', 'finance.billing_method')) {
    const detail = 'is required when finance.billing_method is EMAIL_ONLY or BOTH';
    faults.push({ pointer: '/email', rule: 'required', detail });
  }
  return faults;
};

const at =
  (document: JsonObject) =>
  (path: string): Json | undefined =>
    valueAt(document, parsePath(path));

const isMailed = (method: Json | undefined): boolean => method === 'EMAIL_ONLY' || method === 'BOTH';
