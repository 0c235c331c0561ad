import type { TestService } from '../../support/service.ts';
import { notUpdated } from './client.ts';

/** An id that ends in a digit of the test's own. */
export const uuid = (last: number) => `0190b5a4-7c1e-7000-8000-00000000000${last}`;
/** The ids of the contacts, and of the addresses. */
export const [one, two, three] = [uuid(1), uuid(2), uuid(3)] as const;
/** A number that the customer has, in the form of E.164. */
export const phone = '+46701234567';
/** Two contacts: the primary one, and one without a mobile phone. */
export const contacts = [
  { id: one, primary: true, firstName: 'Ada', mobilePhone: phone },
  { id: two, primary: false, firstName: 'Bea', landlinePhone: '031-12 34 56' },
];
/** An address of each of three purposes; there is no primary one among those for shipping. */
export const addresses = [
  { id: one, purpose: 'private', primary: true, city: 'Lund' },
  { id: two, purpose: 'shipping', city: 'Kiel' },
  { id: three, purpose: 'billing', primary: true, city: 'Oslo' },
];

/** A change of a protected member wants one. */
const reason = { 'customary-reason': 'a test' };
/** Makes a customer with these contacts and addresses, and gives its id. */
export const customerWithItems = async (service: TestService, data: object = {}): Promise<string> =>
  (await service.create({ kind: 'person', contacts, addresses, ...data }, reason))['id'] as string;
/** What the status of a request says that failed for this cause. */
export const failure = (cause: string) => ({ status: 'FAILURE', reason: notUpdated(cause)[2] });
/** What the status of a request says that succeeded. */
export const success = { status: 'SUCCESS' };
