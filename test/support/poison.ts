import type { TestDatabase } from './database.ts';

/** A change that the database refuses while `refusePoison` holds: the event of it names the place. */
export const poison = { source: 'poison' } as const;

/** A change for which the database says that it took too long, while `loseChanges` holds. */
export const losing = { timeZone: 'Europe/Helsinki' } as const;

/** Lets the database end whatever changes the place that `losing` changes, as if it were too busy for it. */
export const loseChanges = async (database: TestDatabase): Promise<{ end(): Promise<unknown> }> => {
  await database.query(
    `CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'too long' USING ERRCODE = '57014'; END $$;
     CREATE TRIGGER lose BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.paths LIKE '%/timeZone%') EXECUTE FUNCTION lose()`,
  );
  return { end: () => database.query('DROP TRIGGER lose ON outbox; DROP FUNCTION lose()') };
};

/** Lets the database refuse changes of the place that `poison` changes, as nothing in a record can be seen by it. */
export const refusePoison = async (database: TestDatabase): Promise<{ end(): Promise<unknown> }> => {
  await database.query(
    `ALTER TABLE outbox ADD CONSTRAINT poison CHECK (paths NOT LIKE '%/source%') NOT VALID`,
  );
  return { end: () => database.query('ALTER TABLE outbox DROP CONSTRAINT poison') };
};
