import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { ExampleCall, Target } from '../access/example-call.ts';
import { contractExamples } from '../access/example-calls.ts';
import { makeCallWith, makeTarget } from '../access/targets.ts';
import { callerOf } from '../support/caller.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const bodies: [string, Pick<ExampleCall, 'body' | 'contentType'>][] = [
  ['nothing that is said to be JSON', { contentType: 'application/json' }],
  ['null', { body: 'null' }],
  ['a list', { body: '[]' }],
  ['a cut text', { body: '{"a":' }],
];

describe.each(contracts)('every route of $id that does something', (contract) => {
  const routes = Object.values(contractExamples[contract.id]?.routes ?? {});
  let target: Target;
  beforeAll(async () => {
    target = await makeTarget(service);
  });

  test.each(bodies)('has an answer to %s: its own, or a refusal in its shape', async (_what, sent) => {
    for (const { call } of routes.flatMap(({ allowed }) => allowed)) {
      const { method, path, headers } = await call(target, callerOf(service));
      if (method === 'GET') continue;
      // Anew for each call, since one of them may end the session.
      const shown = (await contractExamples[contract.id]?.headersOf(callerOf(service))) ?? {};
      const asked = { method, path, ...(headers && { headers }), ...sent };
      const { status, headers: answered, body } = await makeCallWith(service, shown, asked);
      expect(status, `${method} ${path}`).toBeLessThan(500);
      if (status < 400) continue;
      expect(answered.get('content-type'), `${method} ${path}`).toContain(contract.errorMediaType);
      expect(body, `${method} ${path}`).not.toEqual({});
    }
  });
});
