import type { TestService } from '../../support/service.ts';
import { notUpdated } from './client.ts';

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

/** A change of a protected member wants one. */
export const reason = { 'customary-reason': 'a test' };
/** Makes a customer with these contacts and addresses, and gives its id. */
export const customerWithItems = async (service: TestService, data: object = {}): Promise<string> =>
  (await service.create({ kind: 'person', contacts, addresses, ...data }, reason))['id'] as string;
/** What the status of a request says that failed for this cause. */
export const failure = (cause: string) => ({ status: 'FAILURE', reason: notUpdated(cause)[2] });
export const success = { status: 'SUCCESS' };
