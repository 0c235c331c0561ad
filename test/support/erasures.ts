import { erasureTools } from '../../src/erasure-tools.ts';
import { carryOutErasure, type ErasureTools } from '../../src/jobs/carry-out-erasure.ts';
import type { Answer, Client } from './client.ts';
import type { TestService } from './service.ts';
import { tenantOf } from './tenant-of.ts';

/** The path of a customer's erasure. */
export const erasureOf = (id: string): string => `/v1/customers/${id}/erasure`;

/** The header that says why. */
export const why = { 'customary-reason': 'Zreason: withdrawn' };

/** Schedules an erasure. */
export const schedule = (
  client: Client,
  id: string,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> => client.send('POST', erasureOf(id), { body: { reason: 'Zreason', ...more }, headers });

/** Has a customer erased at once; gives the erasure. */
export const eraseNow = async (service: TestService, id: string): Promise<Answer['body']> => {
  const { status, text } = await schedule(service, id, { waiveWindow: true });
  if (status !== 201) throw new Error(`The erasure was not scheduled: ${text}`);
  await carryOutDue(service);
  return (await service.get(erasureOf(id))).body;
};

/** Carries out what is due in the service's tenant, as the service itself does every two seconds. */
export const carryOutDue = async (
  { app, config, tenantId }: TestService,
  tools: ErasureTools = erasureTools(app.database, config, app.door),
): Promise<void> => {
  const tenant = await tenantOf({ app, tenantId } as TestService);
  for (const erasureId of await tools.work.due(tenantId, 100))
    await carryOutErasure(tools, tenant, erasureId);
};
