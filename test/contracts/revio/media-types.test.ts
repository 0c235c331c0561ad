import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { faultsOf, patchOf, revioSender, type Sender } from './client.ts';

let service: TestService;
let send: Sender;
let id: number;
beforeAll(async () => {
  service = await startService();
  send = revioSender(service);
  const body = { source: '<script>alert("&\'")</script>', billing_address: { city: 'Malmö' } };
  id = (await send('POST', '', { body })).body['id'];
});
afterAll(() => service.stop());

const typeOf = async (accept: string): Promise<string | null> => {
  const answer = await send('GET', `/${id}`, { headers: { accept } });
  return answer.status === 200 ? answer.headers.get('content-type') : null;
};

describe('Accept', () => {
  test.each([
    ['application/json', 'application/json'],
    ['text/json', 'text/json'],
    ['text/html', 'text/html'],
    ['*/*', 'application/json'],
    ['text/*', 'text/json'],
    ['application/*', 'application/json'],
    ['TEXT/HTML', 'text/html'],
    ['text/html;q=0.5, text/json;q=0.9', 'text/json'],
    ['text/html, application/json', 'application/json'],
    ['application/json;q=0.1, text/html', 'text/html'],
    ['application/json;q=0, */*', 'text/json'],
    ['image/png, text/html;q=0.001', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/json; charset=utf-8', 'application/json'],
  ])('%s gives %s', async (accept, type) => {
    expect(await typeOf(accept)).toBe(`${type}; charset=utf-8`);
  });

  test('is application/json unless it is sent', async () => {
    expect(await typeOf('')).toBe('application/json; charset=utf-8');
  });

  test.each(['application/xml', 'image/png', 'text/plain, text/json;q=0', 'text/*;q=0'])(
    '%s is refused, and nothing is done',
    async (accept) => {
      const headers = { accept };
      const answers = [
        await send('GET', `/${id}`, { headers }),
        await send('GET', '', { headers }),
        await send('POST', '', { headers, body: { account_number: 'NOT-TO-BE' } }),
        await send('PUT', `/${id}`, { headers, body: {} }),
        await send('PATCH', `/${id}`, { ...patchOf(), headers }),
        await send('DELETE', `/${id}`, { headers }),
      ];
      for (const answer of answers) {
        expect(faultsOf(answer)).toEqual([406, ['Accept']]);
        expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      }
      expect((await send('GET', `/${id}`)).headers.get('etag')).toBe('"1"');
      expect((await send('GET', '?account_number=NOT-TO-BE')).body['record_count']).toBe(0);
    },
  );

  test('is told as what the answer depends on', async () => {
    expect((await send('GET', `/${id}`)).headers.get('vary')).toBe('Accept');
  });
});

describe('text/html', () => {
  const headers = { accept: 'text/html' };
  const shown = (page: string): unknown => {
    const [, text = ''] = /<pre>([^<]*)<\/pre>/.exec(page) ?? [];
    return JSON.parse(text.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code))));
  };

  test('shows the same JSON in a page, indented, with no character that a page would read', async () => {
    const page = await send('GET', `/${id}`, { headers });
    expect(page.text).toMatch(/^<!DOCTYPE html>/);
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('\n  &#34;source&#34;');
    expect(page.text).toContain('Malmö');
    expect(shown(page.text)).toEqual((await send('GET', `/${id}`)).body);
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(page.headers.get('etag')).toBe('"1"');
  });

  test('shows lists, changes and errors as well', async () => {
    const list = await send('GET', '', { headers });
    expect(shown(list.text)).toMatchObject({ ok: true, record_count: 1 });
    const made = await send('POST', '', { headers, body: { source: '<b>' } });
    expect([made.status, shown(made.text)]).toEqual([201, { ok: true, id: id + 1 }]);
    const wrong = await send('GET', '/2000000000', { headers });
    expect([wrong.status, shown(wrong.text)]).toMatchObject([404, { ok: false }]);
    const unknown = await service.send('GET', '/revio/<i>', { headers });
    expect([unknown.status, shown(unknown.text)]).toMatchObject([404, { ok: false }]);
  });
});

describe('Content-Type', () => {
  test.each(['application/json', 'text/json', 'application/json; charset=utf-8', 'Text/JSON'])(
    '%s is read',
    async (contentType) => {
      const answer = await send('PUT', `/${id + 1}`, { body: { source: contentType }, contentType });
      expect([answer.status, answer.body['source']]).toEqual([200, contentType]);
    },
  );

  test.each(['text/html', 'text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'json', ''])(
    '"%s" is refused',
    async (contentType) => {
      for (const method of ['PUT', 'POST']) {
        const path = method === 'PUT' ? `/${id}` : '';
        const answer = await send(method, path, { body: Buffer.from('{}'), contentType });
        expect([...faultsOf(answer), answer.headers.get('accept')]).toEqual([
          415,
          ['Content-Type'],
          'application/json, text/json',
        ]);
      }
    },
  );
});
