import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { connectionString } from './connection-string.ts';

const path = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `/${text}`);
const user = fc.string({ unit: 'grapheme', minLength: 1 });
const database = fc.constantFrom('customary', 'test_1', 'a b', '100%25', 'é', `it's`, 'a@b:c');

test('pg reads every socket directory, user and database as they were given', () => {
  fc.assert(
    fc.property(path, user, database, (socketDirectory, user, database) => {
      const text = connectionString({ socketDirectory, port: 5432, user, database });
      const client = new pg.Client({ connectionString: text });
      const { host, port } = client;
      expect({ socketDirectory: host, port, user: client.user, database: client.database }).toEqual({
        socketDirectory,
        port: 5432,
        user,
        database,
      });
    }),
  );
});
