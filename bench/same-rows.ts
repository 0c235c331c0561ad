import type pg from 'pg';

/**
 * Copies the service's tables, rows and all, into the schema `bench`, where pgbench writes: its rows are no real
 * customers, and must not be read by the service. Row-level security is left out, which is in pgbench's favour.
 */
export const copyTables = async (client: pg.Client): Promise<void> => {
  await client.query('CREATE SCHEMA bench');
  for (const table of tables) {
    const { rows } = await client.query<{ options: string | null }>(
      `SELECT array_to_string(reloptions, ', ') AS options FROM pg_class WHERE oid = $1::regclass`,
      [table],
    );
    const options = rows[0]?.options ? `WITH (${rows[0].options})` : '';
    await client.query(`CREATE TABLE bench.${table} (LIKE ${table} INCLUDING ALL) ${options}`);
    await client.query(`INSERT INTO bench.${table} SELECT * FROM ${table}`);
  }
};

/** The tables of the bare change: small rows, and no index but the one that finds the row. */
export const createBareTables = async (client: pg.Client, count: number): Promise<void> => {
  await client.query(
    'CREATE TABLE bench.bare (id integer PRIMARY KEY, value integer NOT NULL) WITH (fillfactor = 80)',
  );
  await client.query('INSERT INTO bench.bare SELECT n, 0 FROM generate_series(1, $1::int) AS n', [count]);
  await client.query(
    'CREATE TABLE bench.bare_change (id integer NOT NULL, value integer NOT NULL, changed_at timestamptz NOT NULL)',
  );
};

/** What a PATCH writes. */
const tables = ['customer', 'history', 'outbox', 'idempotency_reply'] as const;

/**
 * The values of one PATCH as the service wrote them, for pgbench to write again: of each table the row whose size is
 * nearest to the average of all that PATCHes wrote. Throws when the service has written none.
 */
export const sampleValues = async (client: pg.Client): Promise<Record<string, string>> => {
  const customer = await typicalRow(client, 'customer', 'version > 1');
  const history = await typicalRow(client, 'history', 'version > 1');
  const event = await typicalRow(client, 'outbox', 'version > 1');
  const reply = await typicalRow(client, 'idempotency_reply', 'true');
  const sealed = asText(customer['sealed']);
  const note = sealed.indexOf(noteBeginning);
  return {
    tenant: text(customer['tenant_id']),
    sealed,
    // In a record that is enciphered as a whole, the last byte differs as well.
    changed_at: String(note < 0 ? sealed.length - 11 : note + noteBeginning.length + 1),
    principal: text(history['principal']),
    contract: text(history['contract']),
    operation: text(history['operation']),
    history_open: text(history['open']),
    history_sealed: asText(history['sealed']),
    type: text(event['type']),
    paths: text(event['paths']),
    status: text(reply['status']),
    headers: text(reply['headers']),
    reply_sealed: asText(reply['sealed']),
  };
};

/** How the text begins that patch.lua writes. */
const noteBeginning = 'Called about ';

/** The average size in bytes of the rows that changes left in each table, of the service's and of pgbench's tables. */
export const rowSizes = async (
  client: pg.Client,
): Promise<{ table: string; service: number; pgbench: number }[]> => {
  const sizes = [];
  for (const table of tables) {
    const changed = table === 'idempotency_reply' ? 'true' : 'version > 1';
    const size = (of: string) => `(SELECT avg(pg_column_size(r.*)) FROM ${of} r WHERE ${changed})::float8`;
    const { rows } = await client.query<{ service: number; pgbench: number }>(
      `SELECT ${size(table)} AS service, ${size(`bench.${table}`)} AS pgbench`,
    );
    if (rows[0]) sizes.push({ table, ...rows[0] });
  }
  return sizes;
};

const typicalRow = async (
  client: pg.Client,
  table: string,
  condition: string,
): Promise<Record<string, unknown>> => {
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT * FROM ${table} r WHERE ${condition} ORDER BY
       abs(pg_column_size(r.*) - (SELECT avg(pg_column_size(s.*)) FROM ${table} s WHERE ${condition})) LIMIT 1`,
  );
  if (!rows[0]) throw new Error(`The service wrote nothing to ${table}`);
  return rows[0];
};

const text = (value: unknown): string => String(value);

/**
 * Bytes as a text of the same length, and about as compressible, that pgbench can send as a `bytea` without an
 * escape: printable ASCII stays, and every other byte becomes one of 64 letters.
 */
const asText = (bytes: unknown): string =>
  [...(bytes as Buffer)]
    .map((byte) => (byte >= 32 && byte < 127 && byte !== 92 ? String.fromCharCode(byte) : letters[byte & 63]))
    .join('');

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
