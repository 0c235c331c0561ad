import type { Customer } from '../../customer/customer.ts';
import { humanReadableId } from '../../customer/human-readable-id.ts';
import type { View } from '../../customer/view.ts';
import { type Fault, Refusal } from '../../errors.ts';
import { deepEqual, type Json, type JsonObject } from '../../schema/json.ts';

/** The record as it is, with what the service itself says before it. */
export const nativeView: View = {
  write: (customer) => ({ ...systemMembers(customer), ...(customer.data as JsonObject) }),
  read: (document, current) => {
    const system = current ? systemMembers(current) : {};
    const faults: Fault[] = [];
    const data: JsonObject = {};
    for (const name of Object.keys(document)) {
      if (!systemNames.has(name)) data[name] = document[name] as Json;
      else if (!deepEqual(document[name], system[name])) {
        faults.push({ pointer: `/${name}`, rule: 'readOnly', detail: 'is set by the service alone' });
      }
    }
    if (faults.length > 0) throw new Refusal('validation-failed', { faults });
    // What protects a record is not lost by being left out of a replacement.
    if (current && !('protectionLevel' in data)) data['protectionLevel'] = current.data.protectionLevel;
    return data;
  },
};

const systemMembers = (customer: Customer): JsonObject => ({
  id: customer.id,
  number: customer.number,
  humanReadableId: humanReadableId(customer.tenantId, customer.number),
  version: customer.version,
  createdAt: customer.createdAt.toISOString(),
  updatedAt: customer.updatedAt.toISOString(),
});

const systemNames = new Set(['id', 'number', 'humanReadableId', 'version', 'createdAt', 'updatedAt']);
