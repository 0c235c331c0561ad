import type { TestDatabase } from './database.ts';

/** A change that the database refuses while `refusePoison` holds: the event of it names the place. */
export const poison = { source: 'poison' } as const;

/** Lets the database refuse changes of the place that `poison` changes, as nothing in a record can be seen by it. */
export const refusePoison = async (database: TestDatabase): Promise<{ end(): Promise<unknown> }> => {
  await database.query(
    `ALTER TABLE outbox ADD CONSTRAINT poison CHECK (paths NOT LIKE '%/source%') NOT VALID`,
  );
  return { end: () => database.query('ALTER TABLE outbox DROP CONSTRAINT poison') };
};
