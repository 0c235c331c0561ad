import { isNothing, parsePath, valueAt } from '../../mapping/path.ts';
import { type CustomRule, custom } from '../../mapping/rule.ts';

/** A flag that floLIVE always says: where the record has none it is false. */
export const alwaysFlag = (wire: string, canonical: string): CustomRule => {
  const path = parsePath(canonical);
  return custom({
    wire: [wire],
    canonical: [canonical],
    write: (record) => ({ [wire]: valueAt(record, path) ?? false }),
    read: ({ [wire]: value }) => ({ [canonical]: value }),
  });
};

/** Whether a contact may enter self-care: `NONE` where the record does not say so. */
export const role = (): CustomRule =>
  custom({
    wire: ['role'],
    canonical: ['selfCare'],
    write: (contact) => ({ role: contact['selfCare'] === true ? 'SELFCARE' : 'NONE' }),
    read: ({ role: word }) => ({ selfCare: isNothing(word) ? word : word === 'SELFCARE' }),
  });

/**
 * A customer's state: floLIVE knows two. Who is not active, whether not yet, not now or no more, is suspended there; a
 * record without a state is active.
 */
export const status = (): CustomRule =>
  custom({
    wire: ['status'],
    canonical: ['status'],
    write: ({ status: state }) => ({ status: isNothing(state) || state === 'active' ? 'ACTIVE' : 'SUSPEND' }),
    read: ({ status: word }) => ({
      status: isNothing(word) ? word : word === 'ACTIVE' ? 'active' : 'suspended',
    }),
  });
