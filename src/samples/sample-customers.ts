import { americaAndAsia } from './america-and-asia.ts';
import { brightwater } from './brightwater.ts';
import { brightwaterCustomers } from './brightwater-customers.ts';
import { easternEurope } from './eastern-europe.ts';
import { germany } from './germany.ts';
import { nordlicht } from './nordlicht.ts';
import { nordlichtFinlandItaly } from './nordlicht-finland-italy.ts';
import { nordlichtGermany } from './nordlicht-germany.ts';
import { nordlichtSweden } from './nordlicht-sweden.ts';
import type { SampleCustomer } from './sample-customer.ts';
import { southernEurope } from './southern-europe.ts';
import { sweden } from './sweden.ts';
import { waterCooperative } from './water-cooperative.ts';
import { waterMembers } from './water-members.ts';
import { westernEurope } from './western-europe.ts';

/** The customers a new tenant `demo` starts with, in creation order: parents stand before their children. */
export const sampleCustomers: SampleCustomer[] = [
  ...nordlicht,
  ...nordlichtGermany,
  ...nordlichtSweden,
  ...nordlichtFinlandItaly,
  ...brightwater,
  ...brightwaterCustomers,
  ...waterCooperative,
  ...waterMembers,
  ...sweden,
  ...germany,
  ...westernEurope,
  ...southernEurope,
  ...easternEurope,
  ...americaAndAsia,
];
