/** What is searched for, and the same lookups by bare SQL. */
export type SearchMeasure =
  | 'search email'
  | 'search phone'
  | 'search account number'
  | 'search identifier'
  | 'search name'
  | 'search two names'
  | 'search frequent name'
  | 'search two frequent names'
  | 'bare exact'
  | 'bare name'
  | 'bare frequent name';

/** The title of each in the report, the p99 that is needed, and its limit; the limits themselves have none. */
export const searchMeasures: Record<
  SearchMeasure,
  { title: string; mostMs: number | null; limit: SearchMeasure | null }
> = {
  'search email': { title: 'Search by e-mail', mostMs: 20, limit: 'bare exact' },
  'search phone': { title: 'Search by phone', mostMs: 20, limit: 'bare exact' },
  'search account number': { title: 'Search by account number', mostMs: 20, limit: 'bare exact' },
  'search identifier': { title: 'Search by identifier', mostMs: 20, limit: 'bare exact' },
  'search name': { title: 'Search by the beginning of a name', mostMs: 50, limit: 'bare name' },
  'search two names': { title: 'Search by the beginnings of two names', mostMs: 50, limit: 'bare name' },
  'search frequent name': {
    title: 'Search by the most frequent beginnings',
    mostMs: null,
    limit: 'bare frequent name',
  },
  'search two frequent names': {
    title: 'Search by two of the most frequent beginnings',
    mostMs: null,
    limit: 'bare frequent name',
  },
  'bare exact': { title: '', mostMs: null, limit: null },
  'bare name': { title: '', mostMs: null, limit: null },
  'bare frequent name': { title: '', mostMs: null, limit: null },
};
