import { expect, test } from 'vitest';
import { customerWith } from '../../test/support/customer-with.ts';
import { levelInText } from './level-in-text.ts';
import { withData } from './record.ts';

test.each([
  [{ protectionLevel: 1 }, 1],
  [{ protectionLevel: 4, name: 'Ada' }, 4],
  [{ metadata: { protectionLevel: 3 }, protectionLevel: 1 }, 3],
  [{ metadata: { protectionLevel: 1 }, protectionLevel: 4 }, 4],
  [{ attributes: { protectionLevel: '4' }, protectionLevel: 2 }, 2],
  [{ note: '"protectionLevel":4', protectionLevel: 1 }, 1],
  [{ note: 'Zoë Ł "protectionLevel":4', protectionLevel: 3 }, 3],
  [{}, 0],
])('the text of %j names level %i', (data, level) => {
  expect(levelInText(customerWith(data))).toBe(level);
});

test('a customer with another record does not keep the level of the one before', () => {
  const before = customerWith({ protectionLevel: 1 });
  expect(levelInText(before)).toBe(1);
  expect(levelInText(withData(before, { protectionLevel: 4 }))).toBe(4);
});
