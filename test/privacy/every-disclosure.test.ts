import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { ExampleCall, Target } from '../access/example-call.ts';
import { contractExamples } from '../access/example-calls.ts';
import { makeTarget } from '../access/targets.ts';
import { callerOf } from '../support/caller.ts';
import type { Answer } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const mark = `Zc${randomUUID().slice(0, 6)}`;
/** A text of its own in each personal member, so that an answer tells which of them it shows. */
const values = {
  name: `${mark}name`,
  email: `${mark}mail@example.org`,
  note: `${mark}note`,
  identifiers: { taxId: `${mark}tax`, reference: `${mark}ref` },
  billing: { name: `${mark}billing` },
  contacts: [{ firstName: `${mark}first`, lastName: `${mark}last`, primary: true, type: 'owner' }],
  addresses: [{ purpose: 'billing', primary: true, line1: `${mark}line`, city: `${mark}city` }],
};
const shownBy: Record<string, string> = {
  [`${mark}name`]: 'name',
  [`${mark}mail`]: 'email',
  [`${mark}note`]: 'note',
  [`${mark}tax`]: 'identifiers.taxId',
  [`${mark}ref`]: 'identifiers.reference',
  [`${mark}billing`]: 'billing.name',
  [`${mark}first`]: 'contacts.firstName',
  [`${mark}last`]: 'contacts.lastName',
  [`${mark}line`]: 'addresses.line1',
  [`${mark}city`]: 'addresses.city',
  [`${mark}why`]: 'reason',
};
const why = { 'customary-reason': 'test' };

let service: TestService;
let target: Target;
let rewrite = (text: string): string => text;
beforeAll(async () => {
  service = await startService({ rewriteSql: (text) => rewrite(text) });
  target = await makeTarget(service);
});
afterAll(() => service.stop());

/** Whether a call may have changed the target. */
let touched = true;

/** A customer at level 3 with the values, whatever the calls before made of it. */
const prepared = async (): Promise<Target> => {
  const patch = { ...values, protectionLevel: 3 };
  if (!touched) return target;
  touched = false;
  if ((await service.patch(target.customerId, patch, why)).status !== 200) {
    target = await makeTarget(service);
    expect((await service.patch(target.customerId, patch, why)).status).toBe(200);
  }
  // A change that shows no personal member, so that its reason stands in the history and not in the log.
  const reasoned = { 'customary-reason': `${mark}why`, prefer: 'return=minimal' };
  expect((await service.patch(target.customerId, { source: randomUUID() }, reasoned)).status).toBe(204);
  return target;
};

const rowsOf = (requestId: string) =>
  service.database.query<{ operation: string; contract: string; fields: string; kind: string }>(
    'SELECT operation, contract, fields, kind FROM access_log WHERE request_id = $1',
    [requestId],
  );

const shownOf: Record<string, Record<string, string>> = {};

const call = async (
  contract: string,
  { method, path, headers, ...rest }: ExampleCall,
): Promise<[string, Answer]> => {
  const requestId = randomUUID();
  shownOf[contract] ??= (await contractExamples[contract]?.headersOf(callerOf(service))) ?? {};
  if (method !== 'GET') touched = true;
  const all = { ...shownOf[contract], ...why, ...headers, 'x-request-id': requestId };
  return [requestId, await service.send(method, path, { ...rest, headers: all })];
};

test('no route of any contract shows a member of a customer at level 3 without an entry that names it', async () => {
  const showing = new Map<string, () => Promise<[string, Answer]>>();
  for (const contract of contracts) {
    for (const route of contract.routes) {
      // A route of before may have ended the session.
      delete shownOf[contract.id];
      const example = contractExamples[contract.id]?.routes[route.id];
      const made = [
        ...(example?.allowed ?? []).map((one) => (to: Target) => one.call(to, callerOf(service))),
        ...(example?.naming(target) ?? []).map(
          (_, index) => (to: Target) => example?.naming(to)[index] as ExampleCall,
        ),
      ];
      for (const make of made) {
        const again = async () => call(contract.id, await make(await prepared()));
        const [requestId, answer] = await again();
        const rows = await rowsOf(requestId);
        const named = new Set(
          rows.filter(({ kind }) => kind === 'read').flatMap(({ fields }) => JSON.parse(fields)),
        );
        const members = Object.keys(shownBy).filter((value) => answer.text.includes(value));
        const what = `${contract.id}.${route.id} ${answer.status}`;
        for (const value of members) expect([...named], what).toContain(shownBy[value]);
        // Versions of before, and what a call wrote itself, hold other texts.
        const others = [target.word, 'ntruder', 'enamed'].some((word) => answer.text.includes(word));
        if (members.length === 0 && !others) expect([...named], `${what} shows nothing`).toEqual([]);
        if (members.length > 0) {
          showing.set(`${contract.id}.${route.id}`, again);
          for (const row of rows) expect(row).toMatchObject({ contract: contract.id, operation: route.id });
        }
      }
    }
  }
  expect([...showing.keys()].sort()).toMatchInlineSnapshot(`
    [
      "flolive.getCustomer",
      "keypro.getCustomer",
      "keypro.listCustomers",
      "keypro.updateCustomer",
      "native.exportCustomer",
      "native.getCustomer",
      "native.liftRestriction",
      "native.listCustomers",
      "native.readHistory",
      "native.restrictCustomer",
      "native.updateCustomer",
      "revio.getCustomer",
      "revio.listCustomers",
      "revio.patchCustomer",
      "seamlessos.getCustomer",
      "seamlessos.listCustomers",
      "seamlessos.putCustomer",
      "seamlessos.replaceBilling",
      "seamlessos.updateCustomer",
      "servitly.getAllCustomers",
      "servitly.getCustomer",
    ]
  `);

  // Where nothing can be written down, none of them shows anything.
  await prepared();
  delete shownOf['servitly'];
  for (const [name, again] of showing) {
    touched = false;
    rewrite = (text) => text.replace('INSERT INTO access_log', 'INSERT INTO no_such_table');
    const [, answer] = await again().finally(() => (rewrite = (text) => text));
    expect(answer.status, name).toBeGreaterThanOrEqual(500);
    expect(answer.text.includes(mark), name).toBe(false);
  }
});
