import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf } from '../../support/caller.ts';
import type { Answer } from '../../support/client.ts';
import { startService, type TestService } from '../../support/service.ts';
import { expectError, revioHeaders } from './client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

describe('rate limits', () => {
  const burst = async (settings: Record<string, string>) => {
    const limited = await startService({ settings, database: service.database });
    const { secret, tenantName, tenantId } = callerOf(await limited.otherTenant());
    const one = await limited.withKey({ tenantId });
    const two = await limited.withKey({ tenantId });
    const statuses: number[] = [];
    let last: Answer | undefined;
    for (let count = 0; count < 5; count++) {
      const { keyId } = count % 2 ? one : two;
      const key = { keyId, tenantName, secret: (count % 2 ? one : two).secret };
      last = await limited.send('GET', '/revio/v1/Customers', { headers: revioHeaders(key) });
      statuses.push(last.status);
    }
    const native = await limited.send('GET', '/v1/customers', {
      headers: { authorization: `Bearer ${secret}` },
    });
    await limited.stop();
    return { statuses, last: last as Answer, native: native.status };
  };

  test.each([
    ['a minute', 'REVIO_RATE_LIMIT_PER_MINUTE', 60],
    ['a day', 'REVIO_RATE_LIMIT_PER_DAY', 86_400],
  ])('of %s count the account’s requests, whatever its keys', async (_name, setting, seconds) => {
    const { statuses, last, native } = await burst({ [setting]: '3' });
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expectError(last, 429);
    expect(Number(last.headers.get('retry-after'))).toBeLessThanOrEqual(seconds);
    expect(native).toBe(200);
  });
});
