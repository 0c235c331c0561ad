import { type Client, createClient } from './client.ts';
import { noLimits } from './no-limits.ts';
import { type ServiceProcess, startProcess } from './process.ts';
import type { TestService } from './service.ts';

/** Another server process on the database of a test's service, and a client of it with the same key. */
export interface AnotherProcess extends Client {
  process: ServiceProcess;
}

/** Starts it. */
export const startAnotherProcess = async (service: TestService): Promise<AnotherProcess> => {
  const process = await startProcess({ DATABASE_URL: service.database.url, ...noLimits }, ['--no-demo']);
  return { ...createClient(process.address, service.secret), process };
};
