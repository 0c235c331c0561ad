import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('the privacy officer is shown the same reasons by the history and the access log, and the showing is logged', async () => {
  const why = { 'customary-reason': 'The doctor called' };
  for (const level of [2, 3]) {
    const { id } = await service.create({ kind: 'person', name: 'Ada', protectionLevel: level }, why);
    const key = (...more: ('privacy:manage' | 'personal:write')[]) =>
      service.withKey({ name: 'desk', scopes: ['customer:read', 'history:read', ...more] });
    const history = `/v1/customers/${id}/history`;
    const officer = await key('privacy:manage');
    const shown = (await officer.get(history)).body['entries'][0];
    expect(shown.reason).toBe('The doctor called');
    expect(JSON.stringify(shown.changes)).not.toContain('Ada');
    const { body } = await officer.get(`/v1/customers/${id}/accesses`);
    const read = body['accesses'].filter(({ kind, principal }: { kind: string; principal: string }) => {
      return kind === 'read' && principal === 'desk';
    });
    expect(read.map((one: { fields: string[] }) => one.fields)).toEqual(level === 3 ? [['reason']] : []);
    for (const other of [await key(), await key('personal:write')]) {
      expect((await other.get(history)).body['entries'][0].reason).toBeNull();
    }
  }
});
