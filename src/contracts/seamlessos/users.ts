import { type CustomRule, custom } from '../../mapping/rule.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';

/** The users of a customer, which live outside of the record: who they are is kept for SeamlessOS alone. */
export const users = (): CustomRule =>
  custom({
    wire: ['users'],
    canonical: [kept],
    write: (record) => ({ users: usersIn(record) }),
    read: ({ users: sent }) => ({ [kept]: Array.isArray(sent) && sent.length === 0 ? undefined : sent }),
  });

/** The user that is the contact person; only shown. */
export const contactPerson = (): CustomRule =>
  custom({
    wire: ['contactPerson'],
    canonical: [kept, 'extensions.seamlessos.contactPersonUserId'],
    write(record) {
      const userId = extensionOf(record)['contactPersonUserId'];
      if (typeof userId !== 'string') return {};
      const known = usersIn(record).find((one) => isObject(one) && one['userId'] === userId);
      return { contactPerson: known ?? userOf(userId) };
    },
    read: () => ({}),
  });

/** A user of whom nothing but the id is known. */
export const userOf = (userId: string): JsonObject => ({ userId, role: 'MEMBER' });

const kept = 'extensions.seamlessos.users';

const usersIn = (record: JsonObject): Json[] => {
  const all = extensionOf(record)['users'];
  return Array.isArray(all) ? all : [];
};

const extensionOf = (record: JsonObject): JsonObject => {
  const all = record['extensions'];
  const extension = isObject(all) ? all['seamlessos'] : undefined;
  return isObject(extension) ? extension : {};
};
