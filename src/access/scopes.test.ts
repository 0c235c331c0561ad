import { expect, test } from 'vitest';
import { isScope, scopeMeanings, scopes } from './scopes.ts';

test('the scopes are exactly the nine documented ones, each with a meaning', () => {
  expect(scopes).toEqual([
    'customer:read',
    'customer:list',
    'customer:write',
    'customer:delete',
    'history:read',
    'personal:read',
    'personal:write',
    'privacy:manage',
    'admin',
  ]);
  for (const scope of scopes) expect(scopeMeanings[scope].length).toBeGreaterThan(10);
});

test('only the exact name of a scope is one, and never a member of every object', () => {
  for (const scope of scopes) expect(isScope(scope)).toBe(true);
  for (const text of ['', 'Admin', 'admin ', 'customer:*', '__proto__', 'constructor', 'toString']) {
    expect(isScope(text)).toBe(false);
  }
});
