import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { connectionString } from '../../src/storage/embedded/connection-string.ts';
import { startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { temporaryRoot } from './temporary-root.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a superuser on the test server, with `DATABASE` in the place of the database's name. */
    serverUrl: string;
    templateDatabase: string;
  }
}

/**
 * One PostgreSQL for the whole run: the embedded one, or the server that TEST_DATABASE_URL names. The schema is
 * migrated once into a template; every test file copies its own database from it.
 */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const external = process.env['TEST_DATABASE_URL'];
  const embedded = external === undefined ? await startTestServer() : undefined;
  const serverUrl = embedded?.url ?? withDatabase(external as string);
  const templateDatabase = `customary_template_${process.pid}`;
  await run(serverUrl.replace('DATABASE', 'postgres'), `CREATE DATABASE ${templateDatabase}`);
  await migrate({ connectionString: serverUrl.replace('DATABASE', templateDatabase) });
  project.provide('serverUrl', serverUrl);
  project.provide('templateDatabase', templateDatabase);
  return async () => {
    if (embedded) return embedded.stop();
    await run(serverUrl.replace('DATABASE', 'postgres'), `DROP DATABASE ${templateDatabase} WITH (FORCE)`);
  };
};

const startTestServer = async () => {
  const dataDirectory = await mkdtemp(join(temporaryRoot(), 'customary-test-'));
  const server = await startEmbedded({
    dataDirectory,
    settings: { fsync: 'off', max_connections: '200', full_page_writes: 'off' },
  });
  const { socketDirectory, port, superuser } = server;
  return {
    url: connectionString({ socketDirectory, port, user: superuser, database: 'DATABASE' }),
    async stop() {
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
};

/** Puts the placeholder in the place of the URL's database. */
const withDatabase = (url: string): string =>
  url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, '$1DATABASE');

const run = async (url: string, text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
};
