/** Ids, contacts and addresses of a customer that tests change one by one. */
export const uuid = (last: number) => `0190b5a4-7c1e-7000-8000-00000000000${last}`;
export const [one, two, three] = [uuid(1), uuid(2), uuid(3)] as const;
export const phone = '+46701234567';
export const contacts = [
  { id: one, primary: true, firstName: 'Ada', mobilePhone: phone },
  { id: two, primary: false, firstName: 'Bea', landlinePhone: '031-12 34 56' },
];
export const addresses = [
  { id: one, purpose: 'private', primary: true, city: 'Lund' },
  { id: two, purpose: 'shipping', city: 'Kiel' },
  { id: three, purpose: 'billing', primary: true, city: 'Oslo' },
];
