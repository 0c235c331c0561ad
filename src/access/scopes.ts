/** Every permission an API key can carry, and what it allows. A key has only the scopes it was given. */
export const scopeMeanings = {
  'customer:read': 'read one customer by its id',
  'customer:list': 'list and search customers',
  'customer:write': 'create and change customers, and undo a change; the answer shows the customer',
  'customer:delete': 'delete customers',
  'history:read': 'read who changed what, when and why, and the record as of an earlier time',
  'personal:read': 'see personal values unmasked',
  'personal:write': 'change personal values',
  'privacy:manage': 'set protection levels, export and erase a person',
  admin: 'manage the keys and settings of the tenant',
} as const satisfies Record<string, string>;

/** The name of one permission. */
export type Scope = keyof typeof scopeMeanings;

/** All scopes, in the order they are documented. */
export const scopes = Object.keys(scopeMeanings) as readonly Scope[];

/** Whether a text is the exact name of a scope. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopeMeanings, text);
}
