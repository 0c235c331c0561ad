import Type from 'typebox';
import { expect, test } from 'vitest';
import { choice, group, list, text, textMap } from './field.ts';
import { validator } from './validate.ts';

const validate = validator(
  Type.Object(
    {
      needed: Type.Integer({ minimum: 1 }),
      kind: choice(['a', 'b']),
      'a/b~c': group({ inner: text(2, { pattern: '^x' }) }),
      list: list(group({ email: text(50, { format: 'email' }) }), 1),
      map: textMap(1, 3),
    },
    { additionalProperties: false },
  ),
);
const quoted = 'QUOTED-VALUE';

test('a valid value has no faults', () => {
  expect(validate({ needed: 1, kind: null, 'a/b~c': { inner: 'xy' }, list: [{}], map: { a: '' } })).toEqual(
    [],
  );
});

test.each([
  [{}, '/needed', 'required', 'is required'],
  [{ needed: 0 }, '/needed', 'minimum', 'must be >= 1'],
  [{ needed: quoted }, '/needed', 'type', 'must be integer'],
  [{ needed: 1, kind: quoted }, '/kind', 'enum', 'must be one of a, b'],
  [{ needed: 1, 'x/y~z': quoted }, '/x~1y~0z', 'unknownMember', 'is not a known member'],
  [{ needed: 1, 'a/b~c': { inner: 5 } }, '/a~1b~0c/inner', 'type', 'must be string or null'],
  [{ needed: 1, 'a/b~c': { inner: 'y' } }, '/a~1b~0c/inner', 'pattern', 'must match pattern "^x"'],
  [{ needed: 1, list: [{ email: quoted }] }, '/list/0/email', 'format', 'must match format "email"'],
  [{ needed: 1, list: [{}, {}] }, '/list', 'maxItems', 'must NOT have more than 1 items'],
  [{ needed: 1, map: { a: quoted } }, '/map/a', 'maxLength', 'must NOT have more than 3 characters'],
  [{ needed: 1, map: { 'a/b': 5 } }, '/map/a~1b', 'type', 'must be string'],
  [
    { needed: 1, map: { '': '' } },
    '/map/',
    'minLength',
    'has a name that must NOT have fewer than 1 characters',
  ],
])('%j is refused at %s by %s', (value, pointer, rule, detail) => {
  const faults = validate(value);
  expect(faults).toEqual([{ pointer, rule, detail }]);
  expect(JSON.stringify(faults)).not.toContain(quoted);
});

test('every fault is told, but no more than fifty', () => {
  expect(
    validate({ kind: 1, nope: 1 })
      .map((fault) => fault.pointer)
      .toSorted(),
  ).toEqual(['/kind', '/kind', '/needed', '/nope']);
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`n${n}`, 1]));
  expect(validate(many)).toHaveLength(50);
});
