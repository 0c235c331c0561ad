import type { KeyproClient } from './client.ts';

/** Four customers that every filter and order tells apart; the last one has next to nothing. */
const listedCustomers = [
  {
    customer_number: 'KVO-1001',
    customer_name: 'Matti Koskenniska',
    customer_email: 'Matti@example.org',
    customer_phone: '+358 40 123 4567',
    ssn_or_business_id: '140362-901H',
    country: 'FI',
    status: 3,
    type: 1,
    address: 5,
    coop_member: true,
    coop_date: '1998-05-20',
    coop_sum: '100.00',
    language: 1,
  },
  {
    customer_number: 'kvo-1002',
    customer_name: 'Anneli Sipola',
    customer_phone: '040 765 4321',
    sms_numbers: ['040 111 1111', '+358402222222'],
    country: 'FI',
    status: 3,
    type: 1,
    address: 50,
    coop_member: false,
    coop_date: '2011-09-01',
    coop_sum: '99.5',
  },
  {
    customer_number: 'ABC-1',
    customer_name: 'As Oy Vuotomäki',
    invoice_name: 'Vuotomäki laskut',
    note: 'Lukittu portti',
    identification: 'Mittari 7',
    country: 'SE',
    status: 5,
    type: 2,
    coop_sum: '1000',
    is_sms_disabled: true,
  },
  { customer_name: 'Nobody Known', customer_phone: 'ask Matti' },
];

/** Makes them one after the other, and gives their ids in this order. */
export const makeListed = async (keypro: KeyproClient): Promise<number[]> => {
  const ids: number[] = [];
  for (const customer of listedCustomers) ids.push((await keypro.create(customer))['id'] as number);
  return ids;
};
