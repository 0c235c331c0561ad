import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])(
  '%s is there to be read, and says so to every other method',
  async (path) => {
    expect((await fetch(service.address + path)).status).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(service.address + path, { method });
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'GET, HEAD']);
      expect(((await answer.json()) as { type: string }).type).toBe(
        'urn:customary:problem:method-not-allowed',
      );
    }
  },
);
