import pg from 'pg';

/**
 * Runs `work` while row-level security does not bind the owner of these tables, who is known to be the caller: it hides
 * what is there, and refuses COPY. The tables are the transaction's alone until it ends.
 */
export const asUnboundOwner = async <Result>(
  client: pg.Client,
  tables: string[],
  work: () => Promise<Result>,
): Promise<Result> => {
  for (const name of tables) {
    await client.query(`LOCK TABLE ${pg.escapeIdentifier(name)} IN ACCESS EXCLUSIVE MODE`);
  }
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relforcerowsecurity AND c.relname = ANY($1)`,
    [tables],
  );
  const set = async (word: 'FORCE' | 'NO FORCE') => {
    for (const { name } of rows) {
      await client.query(`ALTER TABLE ${pg.escapeIdentifier(name)} ${word} ROW LEVEL SECURITY`);
    }
  };
  await set('NO FORCE');
  const result = await work();
  await set('FORCE');
  return result;
};
