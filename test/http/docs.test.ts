import { afterAll, beforeAll, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { openApiPathOf } from '../../src/http/openapi.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('the docs load everything from the service itself, and may load nothing from elsewhere', async () => {
  const visited = new Set<string>();
  const visit = async (url: URL): Promise<void> => {
    if (visited.has(url.pathname)) return;
    visited.add(url.pathname);
    const answer = await fetch(url);
    expect(answer.status, url.pathname).toBe(200);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`default-src 'self'`);
    // No host, no scheme that reaches one, and no upgrade to a TLS that a plain address does not speak.
    expect(policy.match(/https?:|\*|\w\.\w|upgrade/g) ?? []).toEqual([]);
    // Read in any case: a service that stops waits for whoever is still reading.
    const text = await answer.text();
    if (!/html|css/.test(answer.headers.get('content-type') ?? '')) return;
    const links = [...text.matchAll(/(?:src|href)\s*=\s*["']([^"']+)["']|url\(["']?([^)"']+)["']?\)/g)];
    for (const [, attribute, inStyle] of links) {
      const link = attribute ?? inStyle ?? '';
      if (link.startsWith('data:') || link.startsWith('#')) continue;
      const target = new URL(link, answer.url);
      expect(target.origin).toBe(new URL(service.address).origin);
      await visit(target);
    }
  };
  await visit(new URL('/docs', service.address));
  await visit(new URL('/docs/', service.address));
  expect(visited.size).toBeGreaterThan(4);
  const start = await (await fetch(`${service.address}/docs/static/swagger-initializer.js`)).text();
  for (const contract of contracts) expect(start).toContain(openApiPathOf(contract));
});
