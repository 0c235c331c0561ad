import type { CustomerData } from '../src/customer/customer.ts';
import { sampleCustomer, spread } from './sample-customer.ts';

/**
 * The n-th of many people: a full record under a name that is as frequent as names are, a few held by one or two in a
 * hundred and a long tail by nearly nobody (Zipf's law as Mandelbrot wrote it), and an e-mail address, a phone number
 * and identifiers that are nobody else's. The same for the same number; nobody in it exists.
 */
export const personOf = (n: number): CustomerData => {
  const sample = sampleCustomer(n);
  const { firstName, lastName, name } = nameOf(n);
  const email = `${firstName}.${lastName}.${n}@example.com`.toLowerCase();
  const phone = phoneOf(n);
  return {
    ...sample,
    name,
    email,
    phone,
    smsNumbers: [phone],
    identifiers: { nationalId: `19${String(n * 7919).padStart(10, '0')}` },
    contacts: [
      { ...sample.contacts?.[0], firstName, lastName, email, mobilePhone: phone, landlinePhone: null },
    ],
  } as CustomerData;
};

/** The n-th person's name, and its words. One in eight has two first names. */
export const nameOf = (n: number): { firstName: string; lastName: string; name: string } => {
  const first = pickName(firstNames, n, 21);
  const second = pickName(firstNames, n, 22);
  const firstName = spread(n, 23) % 8 === 0 && second !== first ? `${first} ${second}` : first;
  const lastName = pickName(lastNames, n, 24);
  return { firstName, lastName, name: `${firstName} ${lastName}` };
};

/** The most frequent first names, the most frequent first. */
export const frequentFirstNames = (count: number): string[] => firstNames.values.slice(0, count);

const phoneOf = (n: number): string => `+4670${String((n * 7919) % 10_000_000).padStart(7, '0')}`;

interface Names {
  values: string[];
  /** The share of people that have this name or one before it. */
  shares: number[];
}

/** Names by their frequency: that of the k-th is proportional to 1 / (k + offset). */
const namesOf = (common: string, count: number, offset: number, salt: number): Names => {
  const values = new Set(common.split(' '));
  for (let k = 0; values.size < count; k++) values.add(madeUpName(k, salt));
  const weights = [...values].map((_, k) => 1 / (k + 1 + offset));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const shares = weights.map((weight) => {
    sum += weight / total;
    return sum;
  });
  return { values: [...values], shares };
};

const madeUpName = (k: number, salt: number): string => {
  const length = 2 + (spread(k, salt) % 3);
  const text = Array.from({ length }, (_, at) => syllables[spread(k, salt + 1 + at) % syllables.length]).join(
    '',
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const pickName = ({ values, shares }: Names, n: number, salt: number): string => {
  const wanted = spread(n, salt) / 2 ** 32;
  let [low, high] = [0, shares.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((shares[middle] as number) > wanted) high = middle;
    else low = middle + 1;
  }
  return values[low] as string;
};

const syllables =
  'an ar be bo da de el en fi ga go ha he il in ja ka ki la le li lo ma me mi na ni no ol pa pe ra re ri ro sa se si so ta te ti to ul va ve vi wa ya za'.split(
    ' ',
  );

const firstNames = namesOf(
  'Maria Anna Erik Lars Karl Margareta Anders Johan Per Elisabeth Eva Nils Kristina Birgitta Jan Mikael Karin Marie Carl Peter Elisabet Thomas Christina Hans Lennart Fredrik Sven Ingrid Daniel Olof Bengt Gunnar Marianne Alexander Martin Andreas Stefan Sofia Linnea Bo Åke Helena Sara Emma Kerstin Mattias Katarina Göran Magnus Johanna David Marcus Christian Markus Lena Elin Robert Björn Ulf Arne Mohamed Malin Henrik Simon Amanda Jakob Hanna Julia Oskar Linda Monica Susanne Jonas Emil Elsa Ali Håkan Astrid Berit Ulla Marie-Louise Viktoria Agneta Cecilia Camilla Julie Marta Marko Marina Josefin John Joakim Jonathan Johannes Josef',
  2000,
  7,
  31,
);
const lastNames = namesOf(
  'Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist Lindgren Berg Axelsson Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg Henriksson Ali Forsberg Mohamed Sjöberg Wallin Engström Eklund Danielsson Lundin Håkansson Björk Bergman Gunnarsson Wikström Holm Samuelsson Isaksson Fransson Bergqvist Nyström Holmberg Arvidsson Löfgren Söderberg Nyberg Ahmed Blomqvist Claesson Nordström Hassan Mårtensson Lundström Viklund Björklund Eliasson Pålsson Berggren Sandström Nordin Lund Falk Ström Åberg Ekström Hermansson Holmgren Hellström Dahlberg Hedlund Sundberg Sjögren Ek Blom Abrahamsson Martinsson Öberg Andreasson Månsson Strömberg Åkesson Hansen Jonasson Lindholm',
  20_000,
  10,
  41,
);
