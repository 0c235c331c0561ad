import type { Tenant } from '../access/principal.ts';
import { lookupToken } from '../privacy/lookup-token.ts';
import type { CustomerData } from './customer.ts';
import { customerShape } from './record.ts';
import type { TokenRow } from './stored-rows.ts';

/** The tokens of the values that this customer alone may hold, with the pointer of each; those it `held` already are left out. */
export const uniqueTokens = (
  tenant: Tenant,
  customerId: string,
  data: Partial<CustomerData>,
  held: Partial<CustomerData> = {},
): (TokenRow & { pointer: string })[] =>
  uniqueMembers.flatMap((name) => {
    const value = data[name];
    if (typeof value !== 'string' || value === '' || value === held[name]) return [];
    return [
      {
        field: name,
        token: lookupToken(tenant.secret, `unique.${name}`, value),
        customerId,
        pointer: `/${name}`,
      },
    ];
  });

const uniqueMembers = (customerShape.kind === 'group' ? [...customerShape.members] : [])
  .filter(([, shape]) => shape.marks.unique)
  .map(([name]) => name as 'accountNumber' | 'registrationCode');
