/** Where a database is, and as whom to open it. */
interface ConnectionTarget {
  socketDirectory: string;
  port: number;
  user: string;
  /** Without `?` and `#`. */
  database: string;
}

/**
 * A libpq URI (PostgreSQL manual, 32.1.1.2) for a unix socket, as `pg` and libpq both read it:
 * the host can only stand in the query, and `pg` decodes the database with `decodeURI`.
 */
export function connectionString({ socketDirectory, port, user, database }: ConnectionTarget): string {
  const host = encodeURIComponent(socketDirectory);
  // PGSSLMODE of the environment would otherwise ask for TLS on the socket.
  const query = `host=${host}&port=${port}&sslmode=disable`;
  return `postgresql://${encodeURIComponent(user)}@/${encodeURI(database)}?${query}`;
}
