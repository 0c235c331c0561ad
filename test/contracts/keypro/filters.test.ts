import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { type KeyproClient, keyproClient } from './client.ts';
import { makeListed } from './listed-customers.ts';

let service: TestService;
let keypro: KeyproClient;
/** The ids of the listed customers, in their order. */
let ids: number[];
beforeAll(async () => {
  service = await startService();
  keypro = keyproClient(service);
  ids = await makeListed(keypro);
});
afterAll(() => service.stop());

/** The places of the customers that a query finds. */
const places = async (query: string): Promise<number[]> =>
  (await keypro.found(query)).map((id) => ids.indexOf(id));

describe('a filter finds', () => {
  test.each([
    ['', [0, 1, 2, 3]],
    ['status=3', [0, 1]],
    ['status=4', []],
    ['not__status=3', [2, 3]],
    ['type=2', [2]],
    ['status=3&type=1&country=FI&address=5', [0]],
    ['status=3&country=SE', []],
    ['language=1', [0]],
    ['language__isnull=true', [1, 2, 3]],
    ['not__language__isnull=true', [0]],
    ['language__isnull=false', [0]],
    ['address__gt=5', [1]],
    ['address__gte=5', [0, 1]],
    ['address__lt=50', [0]],
    ['address__lte=50', [0, 1]],
    ['not__address__gte=50', [0, 2, 3]],
    ['coop_member=true', [0]],
    ['coop_member=False', [1]],
    ['coop_date=1998-05-20', [0]],
    ['coop_date__gt=1998-05-20', [1]],
    ['coop_date__lte=2011-09-01', [0, 1]],
    ['coop_sum=99.50', [1]],
    ['coop_sum__gt=99.5', [0, 2]],
    ['coop_sum__lt=100', [1]],
    ['coop_sum__gte=100.000', [0, 2]],
    ['coop_sum__gte=-1', [0, 1, 2]],
    ['country=FI', [0, 1]],
    ['country=fi', []],
    ['country=', []],
    ['customer_number=KVO-1001', [0]],
    ['customer_number=KVO-1002', []],
    ['customer_number__startswith=KVO', [0]],
    ['customer_number__istartswith=KVO', [0, 1]],
    ['customer_number__endswith=2', [1]],
    ['customer_number__iendswith=C-1', [2]],
    ['customer_number__endswith=c-1', []],
    ['customer_number__contains=-100', [0, 1]],
    ['customer_number__contains=bc', []],
    ['customer_number__icontains=bc', [2]],
    ['not__customer_number__icontains=kvo', [2, 3]],
    ['customer_number__isnull=true', [3]],
    ['customer_number__gt=KVO', [0, 1]],
    ['customer_number__contains=%25', []],
    ['is_sms_disabled=true', [2]],
    ['is_sms_disabled__isnull=false', [2]],
    ['customer_name=Matti Koskenniska', [0]],
    ['customer_name=matti koskenniska', [0]],
    ['customer_name=Matti', []],
    ['customer_email=matti@example.org', [0]],
    ['customer_phone=%2B358401234567', [0]],
    ['customer_phone=0401234567', [0]],
    ['customer_phone=0407654321', [1]],
    ['customer_phone=%2B358407654321', [1]],
    ['customer_phone=Ask matti', [3]],
    ['customer_phone=unknown', []],
    ['secondary_phone=0401234567', []],
    ['sms_numbers=0401111111', [1]],
    ['sms_numbers=040 222 2222', [1]],
    ['ssn_or_business_id=140362-901h', [0]],
    ['identification=Mittari 7', [2]],
    ['identification=140362-901H', []],
    ['invoice_name=Vuotomäki laskut', [2]],
    ['note=Lukittu portti', [2]],
    ['note=Lukittu', []],
    ['customer_name=Nobody Known&status__isnull=true', [3]],
  ])('%s', async (query, found) => {
    expect(await places(query)).toEqual(found);
  });

  test('id, and what was modified since', async () => {
    const [first, , third] = ids as [number, number, number];
    expect(await places(`id=${first}`)).toEqual([0]);
    expect(await places(`id__gte=${third}`)).toEqual([2, 3]);
    expect(await places(`not__id=${first}`)).toEqual([1, 2, 3]);
    expect(await places('id=-1')).toEqual([]);
    const { date_modified: at } = (await keypro.get(`/customers/${third}/`)).body;
    expect(await places(`date_modified=${at}`)).toEqual([2]);
    expect(await places(`date_modified__gt=${at}`)).toEqual([3]);
    expect(await places(`date_modified__gte=${at}`)).toEqual([2, 3]);
    expect(await places(`date_modified__lt=${at}`)).toEqual([0, 1]);
    expect(await places('date_modified__gte=2000-01-01')).toEqual([0, 1, 2, 3]);
    expect(await places('date_modified__lt=2000-01-01T00:00:00%2B02:00')).toEqual([]);
  });
});

test('e-mail addresses that are shown together are found together, and each by itself', async () => {
  const one = await service.otherTenant();
  const { number } = await one.create({ kind: 'person', email: 'q1@x.example, q2@x.example' });
  const found = keyproClient(one).found;
  const shown = (await keyproClient(one).get(`/customers/${number}/`)).body['customer_email'];
  for (const text of [shown, 'q1@x.example', 'Q2@x.example'])
    expect(await found(`customer_email=${encodeURIComponent(text)}`), text).toEqual([number]);
  for (const text of ['q2@x.example, q1@x.example', 'q1@x.example, q3@x.example', ','])
    expect(await found(`customer_email=${encodeURIComponent(text)}`), text).toEqual([]);
});

describe('what makes no sense is refused by the name of the parameter', () => {
  test.each([
    ['shoe_size=44'],
    ['not__shoe_size=44'],
    ['not__not__status=3'],
    ['status__icontains=3'],
    ['status__exact=3'],
    ['status=three'],
    ['status='],
    ['status__gt=1.5'],
    ['address=12345678901234567890'],
    ['coop_member__gt=true'],
    ['coop_member=yes'],
    ['coop_member=constructor'],
    ['coop_member__isnull=constructor'],
    ['coop_date__contains=1998'],
    ['coop_date=20.5.1998'],
    ['coop_date=1998-02-30'],
    ['coop_sum=1,5'],
    ['coop_sum=1e3'],
    ['date_modified__gt=yesterday'],
    ['date_modified=2024-01-01T00:00:00'],
    ['language__isnull=1'],
    ['customer_number__regex=x'],
    ['status__=3'],
    ['offset=-1'],
    ['offset=x'],
    ['limit=0'],
    ['limit=-2'],
    ['limit=1001'],
    ['limit=1.5'],
    ['orderby=shoe_size'],
    ['orderby=status,,id'],
    ['orderby=--status'],
    ['orderby=constructor'],
    ['__proto__=1'],
  ])('%s', async (query) => {
    const answer = await keypro.get(`/customers/?${query}`);
    const name = query.split('=')[0] as string;
    expect([answer.status, Object.keys(answer.body)]).toEqual([400, [name]]);
    for (const message of answer.body[name]) expect(message).toMatch(/^This parameter .*\.$/);
  });

  test('all of them at once', async () => {
    const answer = await keypro.get('/customers/?status=x&coop_date__lt=y&note__contains=z');
    expect(Object.keys(answer.body).sort()).toEqual(['coop_date__lt', 'note__contains', 'status']);
  });
});

/** Texts that an index may take for others, or for nothing. */
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 10 }),
  fc.constantFrom(
    '',
    ' ',
    ' a ',
    'Åsa',
    'A\u030asa',
    'ß',
    '--',
    '40 1234567',
    '+358 (0)40 1234567',
    '00358',
    '***',
  ),
);

test('whoever has a value is found by it, whatever the index makes of it', async () => {
  const other = keyproClient(await service.otherTenant());
  const customer = fc.record({
    customer_name: words,
    customer_name_ext: words,
    customer_phone: words,
    secondary_phone: words,
    sms_numbers: fc.tuple(words, words),
    identification: words,
    ssn_or_business_id: words,
    note: words,
    invoice_name: words,
    country: fc.oneof(words, fc.constant('FI')),
    invoice_country: words,
  });
  const law = fc.asyncProperty(customer, async (members) => {
    const made = await other.create(members);
    for (const [name, value] of Object.entries(made)) {
      if (value === null || !(name in members)) continue;
      const query = new URLSearchParams({ [name]: String([value].flat().at(-1)), limit: '-1' });
      expect(await other.found(query.toString()), name).toContain(made['id']);
    }
  });
  await fc.assert(law, { numRuns: 40 });
});
