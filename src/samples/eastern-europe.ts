import { home } from './home.ts';
import type { SampleCustomer } from './sample-customer.ts';

/** Customers in Poland. */
export const easternEurope: SampleCustomer[] = [
  {
    key: 'bajkowa-hurtownia',
    parent: null,
    data: {
      accountNumber: 'PL-940001',
      externalIds: { crm: 'O-940001' },
      kind: 'organisation',
      status: 'active',
      name: 'Bajkowa Hurtownia Sp. z o.o.',
      identifiers: { taxId: '0001234013', vatNumber: 'PL0001234013' },
      email: 'biuro@bajkowa-hurtownia.example',
      ...home.pl,
      contacts: [
        {
          type: 'owner',
          primary: true,
          selfCare: true,
          firstName: 'Małgorzata',
          lastName: 'Żółć-Źrebięcka',
          email: 'm.zolc@bajkowa-hurtownia.example',
        },
        {
          type: 'member',
          selfCare: false,
          firstName: 'Łukasz',
          lastName: 'Śnieżny',
          email: 'magazyn@bajkowa-hurtownia.example',
        },
      ],
      addresses: [
        {
          purpose: 'billing',
          primary: true,
          line1: 'ul. Zmyślona 15/3',
          postalCode: '00-000',
          city: 'Warszawa',
          country: 'PL',
        },
        {
          purpose: 'shipping',
          company: 'Magazyn nr 2',
          line1: 'ul. Nieistniejąca 1',
          postalCode: '90-000',
          city: 'Łódź',
          country: 'PL',
        },
      ],
      billing: { method: 'email', email: 'faktury@bajkowa-hurtownia.example', currency: 'PLN' },
      activatedAt: '2022-07-01T06:00:00Z',
      attributes: { segment: 'retail' },
      protectionLevel: 1,
    },
  },
  {
    key: 'stanislaw-przykladowy',
    parent: null,
    data: {
      accountNumber: 'PL-940002',
      kind: 'person',
      status: 'active',
      name: 'Stanisław Przykładowy',
      birthDate: '1983-05-17',
      email: 'stanislaw@example.org',
      ...home.pl,
      addresses: [
        {
          purpose: 'private',
          primary: true,
          line1: 'ul. Wymarzona 8',
          postalCode: '30-000',
          city: 'Kraków',
          country: 'PL',
        },
      ],
      billing: { method: 'emailAndPaper', email: 'stanislaw@example.org', currency: 'PLN' },
      consents: { smsDisabled: true, selfCareEdit: true },
      activatedAt: '2025-02-17T12:00:00Z',
      protectionLevel: 1,
    },
  },
  {
    key: 'oksana-vyhadanska',
    parent: null,
    data: {
      accountNumber: 'PL-940003',
      kind: 'person',
      status: 'prospect',
      name: 'Оксана Вигаданська',
      nameExtension: 'Oksana Vyhadanska',
      identifiers: { passport: 'XX000003' },
      email: 'oksana@example.com',
      ...home.pl,
      locale: 'uk-PL',
      language: 'uk',
      source: 'shop',
      protectionLevel: 1,
    },
  },
];
