import type { CustomerData } from '../src/customer/customer.ts';

/** The id of the n-th customer, n from 1: a UUIDv7 that the load generators can compute themselves. */
export const customerIdOf = (n: number): string =>
  `01980000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** A full record of about 1.5 kB, the same for the same number. Nobody in it exists. */
export const sampleCustomer = (n: number): CustomerData => {
  const firstName = pick(firstNames, n, 1);
  const lastName = `${pick(lastBeginnings, n, 2)}${pick(lastEndings, n, 3)}`;
  const name = `${firstName} ${lastName}`;
  const email = `${firstName}.${lastName}.${n}@example.com`.toLowerCase();
  const mobilePhone = `+46 70 174 ${String(spread(n, 4) % 10_000).padStart(4, '0')}`;
  const home = addressOf(n, 5);
  return {
    accountNumber: `A${String(n).padStart(9, '0')}`,
    externalIds: { billing: `B-${spread(n, 6)}`, crm: `C-${spread(n, 7)}` },
    kind: 'person',
    status: 'active',
    name,
    identifiers: { nationalId: `19${String(spread(n, 8) % 1e10).padStart(10, '0')}` },
    birthDate: `19${50 + (spread(n, 9) % 50)}-0${1 + (spread(n, 10) % 9)}-1${spread(n, 11) % 10}`,
    email,
    phone: mobilePhone,
    smsNumbers: [mobilePhone],
    locale: 'sv-SE',
    language: 'Swedish',
    timeZone: 'Europe/Stockholm',
    country: 'SE',
    contacts: [
      {
        id: listIdOf(n, 1),
        type: 'owner',
        selfCare: true,
        primary: true,
        firstName,
        lastName,
        email,
        mobilePhone,
        landlinePhone: `+46 8 465 004 ${String(spread(n, 12) % 100).padStart(2, '0')}`,
      },
    ],
    addresses: [
      { id: listIdOf(n, 2), purpose: 'billing', primary: true, firstName, lastName, ...home },
      { id: listIdOf(n, 3), purpose: 'service', primary: false, firstName, lastName, ...addressOf(n, 13) },
    ],
    billing: {
      method: 'email',
      email,
      name,
      country: 'SE',
      currency: 'SEK',
      autoPay: spread(n, 14) % 2 === 0,
    },
    consents: { smsDisabled: false, selfCareEdit: true },
    source: 'web-shop',
    activatedAt: '2025-03-01T09:30:00Z',
    note: 'Prefers to be called in the afternoon.',
    attributes: {
      segment: pick(segments, n, 15),
      campaign: `spring-${2020 + (spread(n, 16) % 6)}`,
      tier: 'standard',
    },
    protectionLevel: 1,
  };
};

const addressOf = (n: number, salt: number) => ({
  street: `${pick(lastBeginnings, n, salt)}${pick(streetEndings, n, salt + 100)}`,
  buildingNumber: String(1 + (spread(n, salt + 200) % 120)),
  floor: String(1 + (spread(n, salt + 300) % 8)),
  apartment: String(1001 + (spread(n, salt + 400) % 500)),
  city: pick(cities, n, salt + 500),
  postalCode: `${100 + (spread(n, salt + 600) % 880)} ${10 + (spread(n, salt + 700) % 89)}`,
  country: 'SE',
});

const listIdOf = (n: number, index: number): string =>
  `01980000-${String(index).padStart(4, '0')}-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** A number that looks random (the finaliser of MurmurHash3). */
export const spread = (n: number, salt: number): number => {
  let hash = Math.imul(n, 1009) + salt;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const pick = (values: readonly string[], n: number, salt: number): string =>
  values[spread(n, salt) % values.length] as string;

const firstNames =
  'Alva Anton Astrid Axel Elsa Emil Freja Gustav Hedda Hugo Ines Isak Klara Lovisa Nils Signe'.split(' ');
const lastBeginnings = 'Berg Björk Dal Ek Fors Gran Hag Hed Käll Lind Ny Sjö Sten Sund Väster Ängs'.split(
  ' ',
);
const lastEndings = 'berg blad borg dahl fors gren holm lund mark qvist ros strand ström vall vik åker'.split(
  ' ',
);
const streetEndings = 'gatan vägen stigen gränd torget allén'.split(' ');
const cities = 'Borås Falun Gävle Göteborg Kalmar Linköping Luleå Lund Stockholm Umeå Uppsala Örebro'.split(
  ' ',
);
const segments = ['consumer', 'family', 'student', 'senior'];
