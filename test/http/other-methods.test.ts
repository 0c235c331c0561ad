import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';
import { openWire, type Wire } from '../support/wire.ts';

let service: TestService;
let wire: Wire;
beforeAll(async () => {
  service = await startService({ settings: { BODY_LIMIT_BYTES: '1024' } });
  wire = openWire(service.address, service.secret);
});
afterAll(async () => {
  wire.close();
  await service.stop();
});

const one = 'GET, HEAD, PATCH, PUT, DELETE, OPTIONS';
const paths = [
  ['/v1/customers/batch', 'POST, OPTIONS', '/v1/customers/batch'],
  ['/v1/customers/batches', one, '/v1/customers/:id'],
  ['/v1/c%75stomers/a%2Fb', one, '/v1/customers/:id'],
  ['/v1/customers/7?a=b', one, '/v1/customers/:id'],
  ['/v1/customers/7#x?y', one, '/v1/customers/:id'],
  ['http://example.org/v1/customers/7', one, '/v1/customers/:id'],
  ['/keypro/api/v2/languages', 'GET, HEAD, OPTIONS', '/keypro/api/v2/languages'],
  ['/keypro/api/v2/languages/', 'GET, HEAD, OPTIONS', '/keypro/api/v2/languages/'],
] as const;

/** How often requests of a path were refused so far, as the metrics tell. */
const countOf = async (operation: string): Promise<number> => {
  const text = await (await fetch(`${service.address}/metrics`)).text();
  const labels = `{contract="none",operation="${operation}",status="405"}`;
  const name = `customary_request_duration_seconds_count${labels} `;
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length) ?? 0,
  );
};

// One that other paths have, two that no path has, of which the framework knows the first alone.
test.each(['PUT', 'TRACE', 'PROPFIND'])('%s is refused by every path that lacks it', async (method) => {
  for (const [path, allow, counted] of paths.filter(([, has]) => !has.includes(method))) {
    const before = await countOf(counted);
    const answer = await wire.send({ method, path });
    expect([answer.status, answer.headers.allow], path).toEqual([405, allow]);
    expect(await countOf(counted), path).toBe(before + 1);
  }
});

test.each(['PUT', 'PROPFIND'])('%s to a path that is not there is not found', async (method) => {
  for (const path of ['/v1', '/v1/customers/7/8', '/v1/Customers', '/keypro/api/v2/languages//']) {
    expect((await wire.send({ method, path })).status, path).toBe(404);
  }
});

test('a body that is too large is not looked at', async () => {
  for (const method of ['POST', 'PROPFIND']) {
    const body = 'x'.repeat(1025);
    expect((await wire.send({ method, path: '/v1/customers/7', body })).status, method).toBe(405);
  }
});
