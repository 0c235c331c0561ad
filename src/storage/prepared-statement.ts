import type pg from 'pg';

/** A statement as it is sent: by a name where it is prepared once a connection. */
export const statementOf = (
  options: { prepare: boolean },
  text: string,
  values: unknown[] = [],
): pg.QueryConfig => {
  const name = options.prepare ? nameOf(text) : undefined;
  return name === undefined ? { text, values } : { name, text, values };
};

/** The name of a statement that is prepared; none for the many forms that lists take. */
const nameOf = (text: string): string | undefined => {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `customary_${names.size}`;
  names.set(text, name);
  return name;
};

const names = new Map<string, string>();
const mostNames = 100;
