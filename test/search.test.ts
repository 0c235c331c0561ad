import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedTerm } from '../src/customer/lookup-tokens.ts';
import { startService, type TestService } from './support/service.ts';
import { tenantOf } from './support/tenant-of.ts';

let service: TestService;
const ids: Record<string, string> = {};
const customers = {
  asa: {
    name: 'Åsa Lindström-Öberg',
    nameExtension: 'Hemtjänst',
    kind: 'person',
    status: 'active',
    country: 'SE',
    accountNumber: 'S-100',
    email: 'Asa@Example.org, second@example.org',
    phone: '070-123 45 67',
    secondaryPhone: '+49 30 901820',
    smsNumbers: ['0046 73 999 88 77'],
    identifiers: { nationalId: '19811218-9876', vatNumber: 'SE556677889901' },
    externalIds: { erp: 'A-1', 'old.crm': 'X9' },
    attributes: { plan: 'Gold', 'a.b': 'c' },
  },
  strasse: {
    name: 'Weiß & Søn GmbH',
    kind: 'organisation',
    status: 'pending',
    country: 'DE',
    accountNumber: 's-200',
    phone: '030 901820',
    externalIds: { erp: 'A-2' },
    attributes: { plan: 'silver' },
    contacts: [
      {
        firstName: 'Łukasz',
        lastName: "O'Neil",
        email: 'lukasz@example.org',
        mobilePhone: '+48 512 345 678',
        identifiers: [{ type: 'passport', value: 'PA 123' }],
      },
    ],
  },
  li: {
    name: '李小龍 Li',
    kind: 'person',
    status: 'active',
    country: 'China',
    phone: '5551234',
    email: null,
  },
} as const;

beforeAll(async () => {
  service = await startService();
  for (const [name, data] of Object.entries(customers)) ids[name] = (await service.create(data))['id'];
  ids['child'] = (await service.create({ parentId: ids['strasse'], kind: 'person' }))['id'];
});
afterAll(() => service.stop());

const nameOf = (id: string) => Object.keys(ids).find((name) => ids[name] === id);
const find = async (parameters: Record<string, string>) => {
  const answer = await service.get(`/v1/customers?${new URLSearchParams(parameters)}`);
  expect(answer.status).toBe(200);
  return answer.body['customers'].map((one: { id: string }) => nameOf(one.id) ?? one.id) as string[];
};

describe('a name is found', () => {
  test.each([
    ['by any word', 'lindström', ['asa']],
    ['in any case', 'LINDSTRÖM', ['asa']],
    ['without its accents', 'asa lindstrom', ['asa']],
    ['with accents it does not have', 'Lïndstrom', ['asa']],
    ['by words in any order', 'oberg asa', ['asa']],
    ['by the extension', 'hemtjanst', ['asa']],
    ['by three letters', 'lin', ['asa']],
    ['by any longer beginning', 'lindst', ['asa']],
    ['by the part after a hyphen', 'öbe', ['asa']],
    ['with sharp s written out', 'weiss', ['strasse']],
    ['with a stroked o', 'son', ['strasse']],
    ['by a contact, stroked l', 'lukasz', ['strasse']],
    ['by a contact, after an apostrophe', 'neil', ['strasse']],
    ['by words of different members', 'weiß lukasz', ['strasse']],
    ['in another script', '李小龍', ['li']],
    ['by a whole word of two letters', 'li', ['li']],
    ['in decomposed form', 'A\u030asa', ['asa']],
  ])('%s: %s', async (_how, name, found) => {
    expect(await find({ name })).toEqual(found);
  });

  test.each([
    ['by two letters of a longer word', 'ås'],
    ['by the end of a word', 'ström'],
    ['when only some words match', 'asa nobody'],
    ['by an address', 'berlin'],
  ])('not %s: %s', async (_how, name) => {
    expect(await find({ name })).toEqual([]);
  });

  test.each(['', ' ', '-', '&'])('%j, which holds no word, is refused', async (name) => {
    const answer = await service.get(`/v1/customers?${new URLSearchParams({ name })}`);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ pointer: 'name', rule: 'minLength' }]);
  });
});

test('a name is asked for by at most twenty words, each once', async () => {
  expect(await find({ name: 'asa '.repeat(1000) })).toEqual(['asa']);
  const words = (most: number) => Array.from({ length: most }, (_, n) => `w${n}`).join(' ');
  expect(await find({ name: words(20) })).toEqual([]);
  const { status, body } = await service.get(`/v1/customers?${new URLSearchParams({ name: words(21) })}`);
  expect([status, body['errors']]).toMatchObject([400, [{ pointer: 'name', rule: 'maxItems' }]]);
});

describe('a phone is found in every notation', () => {
  test.each([
    ['+46701234567', ['asa']],
    ['+46 70 123 45 67', ['asa']],
    ['+46 (0)70-123 45 67', ['asa']],
    ['0046701234567', ['asa']],
    ['070-123 45 67', ['asa']],
    ['0701234567', ['asa']],
    ['+46739998877', ['asa']],
    ['073-999 88 77', ['asa']],
    ['+49 30 901820', ['asa', 'strasse']],
    ['0049-30-90-18-20', ['asa', 'strasse']],
    ['030/901820', ['asa', 'strasse']],
    ['+48512345678', ['strasse']],
    ['512 345 678', ['strasse']],
    ['555-1234', ['li']],
    ['5551235', []],
    // The `+` of an address that was not encoded is a space.
    [' 46701234567', ['asa']],
    [' 46 (0)70-123 45 67', ['asa']],
    [' 070-123 45 67', ['asa']],
    ['46701234567', ['asa']],
    ['tel:+46-70-123-45-67', ['asa']],
    ['tel: 46701234567', ['asa']],
    ['', []],
  ])('%s', async (phone, found) => {
    expect(await find({ phone })).toEqual(found);
  });
});

describe('an exact value is found whole, in any case', () => {
  test.each([
    [{ email: 'asa@example.ORG' }, ['asa']],
    [{ email: 'second@example.org' }, ['asa']],
    [{ email: 'lukasz@example.org' }, ['strasse']],
    [{ email: 'asa@example.or' }, []],
    [{ identifier: '19811218-9876' }, ['asa']],
    [{ identifier: 'se556677889901' }, ['asa']],
    [{ identifier: 'PA 123' }, ['strasse']],
    [{ identifier: 'PA' }, []],
    [{ accountNumber: 's-100' }, ['asa']],
    [{ accountNumber: 'S-200' }, ['strasse']],
    [{ 'externalIds.erp': 'a-1' }, ['asa']],
    [{ 'externalIds.old.crm': 'x9' }, ['asa']],
    [{ 'externalIds.erp': 'X9' }, []],
    [{ 'attributes.plan': 'gold' }, ['asa']],
    [{ 'attributes.a.b': 'c' }, ['asa']],
    [{ 'attributes.nope': 'gold' }, []],
    [{ kind: 'organisation' }, ['strasse']],
    [{ status: 'active' }, ['asa', 'li']],
    [{ status: 'nope' }, []],
    [{ country: 'se' }, ['asa']],
    [{ country: 'china' }, ['li']],
  ])('%j', async (parameters, found) => {
    expect(await find(parameters as unknown as Record<string, string>)).toEqual(found);
  });
});

describe('the hierarchy, the number and the time', () => {
  test('direct sub-customers by their parent, roots by `none`', async () => {
    expect(await find({ parentId: ids['strasse'] as string })).toEqual(['child']);
    expect(await find({ parentId: ids['child'] as string })).toEqual([]);
    expect(await find({ parentId: 'none' })).toEqual(['asa', 'strasse', 'li']);
  });

  test('by the number and by the id to say on the phone, in any case and spacing', async () => {
    const { number, humanReadableId } = (await service.get(`/v1/customers/${ids['asa']}`)).body;
    expect(await find({ number: String(number) })).toEqual(['asa']);
    expect(await find({ number: '2147483647' })).toEqual([]);
    expect(await find({ number: '9999999999' })).toEqual([]);
    const spoken = humanReadableId.toLowerCase().replaceAll('-', ' ');
    for (const one of [humanReadableId, spoken])
      expect(await find({ humanReadableId: one })).toEqual(['asa']);
    expect(await find({ humanReadableId: 'nonsense' })).toEqual([]);
    expect(await find({ humanReadableId, number: String(number) })).toEqual(['asa']);
    expect(await find({ humanReadableId, number: String(number + 1) })).toEqual([]);
    expect(await find({ number: String(number + 1), humanReadableId })).toEqual([]);
  });

  test('changed at or after an instant, in any time zone', async () => {
    const { updatedAt } = (await service.get(`/v1/customers/${ids['li']}`)).body;
    expect(await find({ updatedSince: updatedAt })).toEqual(['li', 'child']);
    const inIndia = new Date(Date.parse(updatedAt) + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
    expect(await find({ updatedSince: inIndia })).toEqual(['li', 'child']);
    expect(await find({ updatedSince: '2999-01-01T00:00:00Z' })).toEqual([]);
  });

  test.each([
    ['parentId', 'x'],
    ['parentId', ''],
    ['number', 'x'],
    ['number', '-1'],
    ['updatedSince', '5'],
    ['updatedSince', '2026-01-01'],
    ['updatedSince', '+275760-09-13T00:00:00Z'],
  ])('%s=%s is refused', async (name, value) => {
    const answer = await service.get(`/v1/customers?${new URLSearchParams({ [name]: value })}`);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ pointer: name, rule: 'format' }]);
  });

  test.each(['nope', 'securityPin', 'externalIds', 'name.x', 'constructor', '__proto__', 'deletedAt'])(
    'the filter %s does not exist and is refused',
    async (name) => {
      const answer = await service.get(`/v1/customers?${name}=x`);
      expect(answer.status).toBe(400);
      expect(answer.body['errors']).toMatchObject([{ pointer: name, rule: 'unknownParameter' }]);
    },
  );
});

test('all filters must hold', async () => {
  expect(await find({ status: 'active', kind: 'person', country: 'SE' })).toEqual(['asa']);
  expect(await find({ status: 'active', kind: 'organisation' })).toEqual([]);
  expect(await find({ name: 'asa', phone: '0701234567', 'attributes.plan': 'gold' })).toEqual(['asa']);
  expect(await find({ name: 'asa', email: 'lukasz@example.org' })).toEqual([]);
  expect(await find({ parentId: ids['strasse'] as string, kind: 'person' })).toEqual(['child']);
});

describe('a search follows every change', () => {
  test('a patch, an undo, a merge, a deletion and its undo', async () => {
    const { id } = await service.create({ name: 'Follow Former', email: 'f1@example.org' });
    const state = async () => [
      (await find({ name: 'former' })).length,
      (await find({ name: 'latter' })).length,
      (await find({ email: 'f1@example.org' })).length,
      (await find({ email: 'f2@example.org' })).length,
    ];
    expect(await state()).toEqual([1, 0, 1, 0]);
    await service.patch(id, { name: 'Follow Latter' });
    expect(await state()).toEqual([0, 1, 1, 0]);
    await service.patch(id, { email: 'f2@example.org' }, { 'if-match': '"1"' }, '?onConflict=merge');
    expect(await state()).toEqual([0, 1, 0, 1]);
    await service.send('POST', `/v1/customers/${id}/history/2/undo`);
    expect(await state()).toEqual([1, 0, 0, 1]);
    await service.remove(id);
    expect(await state()).toEqual([0, 0, 0, 0]);
    await service.send('POST', `/v1/customers/${id}/history/5/undo`);
    expect(await state()).toEqual([1, 0, 0, 1]);
    await service.put(id, {});
    expect(await state()).toEqual([0, 0, 0, 0]);
  });

  test('a change inside a list, and of what one member shares with another', async () => {
    const one = '01890000-0000-4000-8000-000000000001';
    const { id } = await service.create({
      email: 'same@example.org',
      contacts: [{ id: one, email: 'same@example.org', firstName: 'Sharing' }],
    });
    await service.patch(id, { email: null });
    expect(await find({ email: 'same@example.org' })).toEqual([id]);
    await service.jsonPatch(id, [{ op: 'replace', path: '/contacts/0/email', value: 'new@example.org' }]);
    expect(await find({ email: 'same@example.org' })).toEqual([]);
    expect(await find({ email: 'new@example.org', name: 'sharing' })).toEqual([id]);
  });

  test('the country by which a national number is read', async () => {
    const { id } = await service.create({ phone: '0501234567', country: 'SE' });
    expect(await find({ phone: '+46501234567' })).toEqual([id]);
    await service.patch(id, { country: 'FI' });
    expect(await find({ phone: '+46501234567' })).toEqual([]);
    expect(await find({ phone: '+358501234567' })).toEqual([id]);
  });

  test('a phone number without a digit finds nobody, whatever an earlier version stored', async () => {
    const { id, number } = await service.create({ phone: 'on request' });
    const tenant = await tenantOf(service);
    const row = { ...storedTerm(tenant, { field: 'phone', term: '' }), number };
    const store = () =>
      service.database.query(
        'INSERT INTO customer_lookup (tenant_id, field, token, number) VALUES ($1, $2, $3, $4)',
        [tenant.id, row.field, row.token, number],
      );
    const stored = () =>
      service.database.query(
        "SELECT 1 FROM customer_lookup WHERE tenant_id = $1 AND field = 'phone' AND number = $2",
        [tenant.id, number],
      );
    expect(await stored()).toEqual([]);
    await store();
    for (const phone of ['abc', 'on request', '-', '']) expect(await find({ phone })).toEqual([]);
    await service.patch(id, { phone: '112' });
    expect(await find({ phone: '112' })).toEqual([id]);
    expect(await stored()).toHaveLength(1);
  });

  test('a sigma that ends a word is one, also where an earlier version stored it as such', async () => {
    const { id, number } = await service.create({ name: 'ΝΙΚΟΣΤΡΑΤΟΣ' });
    for (const name of ['ΝΙΚΟ', 'ΝΙΚΟΣ', 'νικοςτ', 'Νικόστρατος', 'νικοστρατοσ'])
      expect(await find({ name }), name).toEqual([id]);
    const tenant = await tenantOf(service);
    const [now, once] = ['νικοστρατοσ', 'νικοστρατος'].map((term) =>
      storedTerm(tenant, { field: 'name', term }),
    );
    await service.database.query(
      'UPDATE customer_lookup SET token = $3 WHERE tenant_id = $1 AND number = $4 AND token = $2',
      [tenant.id, now?.token, once?.token, number],
    );
    expect(await find({ name: 'ΝΙΚΟΣΤΡΑΤΟΣ' })).toEqual([id]);
    await service.patch(id, { name: 'ΑΛΛΟΣ' });
    expect(await find({ name: 'ΝΙΚΟΣΤΡΑΤΟΣ' })).toEqual([]);
    expect(await find({ name: 'αλλος' })).toEqual([id]);
  });

  test('many changes of one customer at once', async () => {
    const { id } = await service.create({ name: 'Many' });
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => service.patch(id, { name: `Busy`, nameExtension: `turn${n}` })),
    );
    const { nameExtension } = (await service.get(`/v1/customers/${id}`)).body;
    expect(await find({ name: nameExtension })).toEqual([id]);
    expect(await find({ name: 'turn' })).toEqual([id]);
    const tokens = await service.database.query(
      `SELECT 1 FROM customer_lookup l JOIN customer c USING (tenant_id, number)
       WHERE c.customer_id = $1 AND l.field = 'name'`,
      [id],
    );
    expect(tokens).toHaveLength('busy'.length - 2 + String(nameExtension).length - 2);
  });
});

test.each([
  ['one word', 'zenobia', 1],
  ['two words', 'zenobia quill', 1],
  ['one word, the last first', 'zenobia', -1],
  ['two words, the last first', 'quill zenobia', -1],
])(
  'pages of what is found by %s visit each customer once, in the order of numbers',
  async (_how, name, way) => {
    const wanted: number[] = [];
    const others: number[] = [];
    for (const names of ['Zenobia', 'Quillfeather', ...Array<string>(3).fill('Zenobia Quillfeather')]) {
      const { number } = await service.create({ name: names });
      const all = name.split(' ').every((word) => names.toLowerCase().includes(word));
      (all ? wanted : others).push(number);
    }
    const seen: number[] = [];
    for (let pageToken: string | undefined, page = 0; page < 20; page++) {
      const asked = { name, limit: '2', sort: way > 0 ? 'number' : '-number' };
      const query = new URLSearchParams(pageToken === undefined ? asked : { ...asked, pageToken });
      const { body } = await service.get(`/v1/customers?${query}`);
      seen.push(...body['customers'].map((one: { number: number }) => one.number));
      pageToken = body['nextPageToken'];
      if (pageToken === undefined) break;
    }
    expect(seen).toEqual(seen.toSorted((a, b) => way * (a - b)));
    expect(new Set(seen).size).toBe(seen.length);
    expect(wanted.filter((one) => !seen.includes(one))).toEqual([]);
    expect(others.filter((one) => seen.includes(one))).toEqual([]);
  },
);
