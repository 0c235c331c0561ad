import { expect, test } from 'vitest';
import { roundedDecimals } from './exact-decimals.ts';

const pointersOf = (invoice: string) =>
  roundedDecimals(Buffer.from(`{"invoiceConfiguration":${invoice}}`)).map(({ pointer }) => pointer);

test('an amount with more digits than a number keeps is found, however its name is written', () => {
  const digits = '0.123456789012345678';
  expect(pointersOf(`{"vat":${digits}}`)).toEqual(['/invoiceConfiguration/vat']);
  expect(pointersOf(`{"v\\u0061t":${digits}}`)).toEqual(['/invoiceConfiguration/vat']);
  expect(pointersOf(`{"\\u0064evice\\u0043ost" : ${digits}}`)).toEqual(['/invoiceConfiguration/deviceCost']);
  expect(pointersOf(`{"\\\\u0076at":${digits},"vat":0.25}`)).toEqual([]);
  expect(pointersOf(`{"invoiceText":"\\"vat\\":${digits}","vat":"${digits}"}`)).toEqual([]);
});
