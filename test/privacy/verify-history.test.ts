import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryHash, headMac } from '../../src/customer/history-chain.ts';
import { newDataKey } from '../../src/privacy/data-key.ts';
import { chainOld } from '../../src/storage/chain-old.ts';
import { makeCheckpoints } from '../../src/storage/checkpoints.ts';
import type { Database } from '../../src/storage/database.ts';
import { destroyDataKey } from '../../src/storage/destroy-data-key.ts';
import { rotateTenantKey } from '../../src/storage/rotate-keys.ts';
import { verifyHistory } from '../../src/storage/verify-history.ts';
import { range } from '../support/answers.ts';
import type { Client } from '../support/client.ts';
import { commandIn, jsonOf } from '../support/command.ts';
import { holdCustomer } from '../support/lock.ts';
import { makeOfBefore } from '../support/of-before.ts';
import { openAsOwner } from '../support/owner.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';

let service: TestService;
let other: TestService;
/** The owner of the tables may write the history, as the superuser of the test may. */
let owner: Database;
beforeAll(async () => {
  service = await startService();
  other = await startService({ database: service.database });
  owner = openAsOwner(service);
});
afterAll(async () => {
  await owner.close();
  await other.stop();
  await service.stop();
});

const verify = (tenantId: string, options = {}) => verifyHistory(service.app.database, tenantId, options);
const run = (text: string, values: unknown[]) => service.database.query(text, values);

/** A customer with five versions. */
const customerOf = async (client: Client): Promise<string> => {
  const { id } = await client.create({ name: 'Ada' });
  for (const n of range(4)) await client.patch(id, { note: `${n}` });
  return id;
};

test('beside two services that write, checkpoint and erase, there is no false alarm', async () => {
  const client = await service.otherTenant();
  const twin = { ...client, address: other.address };
  const ids = await Promise.all(range(8).map(() => customerOf(client)));
  const tenant = await tenantOf(service, client.tenantId);
  let busy = true;
  const write = async (worker: number) => {
    for (let n = worker; busy; n++) {
      await (n % 2 ? client : twin).patch(ids[n % 8] as string, { note: `${worker} ${n}` });
      if (n % 5 === 0) await client.create({ name: 'Grace' });
    }
  };
  const writers = range(6).map(write);
  for (const round of range(4)) {
    const [made] = await Promise.all([
      makeCheckpoints(service.app.database, client.tenantId),
      makeCheckpoints(other.app.database, client.tenantId),
      destroyDataKey(service.app.database, tenant, ids[round] as string),
    ]);
    const result = await verify(client.tenantId, { anchors: made });
    expect(result).toMatchObject({ found: 0, findings: [], unproven: 0 });
  }
  busy = false;
  await Promise.all(writers);
  const { checkpoints, customers, entries, found } = await verify(client.tenantId);
  expect(found).toBe(0);
  expect(checkpoints).toBeGreaterThan(4);
  const [counted] = await run(
    `SELECT (SELECT count(*)::int FROM customer WHERE tenant_id = $1) AS customers,
       (SELECT count(*)::int FROM history WHERE tenant_id = $1) AS entries`,
    [client.tenantId],
  );
  expect({ customers, entries }).toEqual(counted);
});

test('a batch that changes one customer several times at once leaves one chain, and a rotation of keys leaves it as it is', async () => {
  const client = await service.otherTenant();
  const id = await customerOf(client);
  await Promise.all(range(20).map((n) => client.patch(id, { note: `at once ${n}` })));
  await rotateTenantKey(service.app.database, client.tenantId);
  await client.patch(id, { note: 'after' });
  await client.remove(id);
  expect(await verify(client.tenantId)).toMatchObject({ entries: 27, found: 0 });
});

test('a checkpoint holds every customer that changed, however many parts they are read in', async () => {
  const client = await service.otherTenant();
  const changes = range(600).map((n) => ({ op: 'create', body: { name: `Ada ${n}` } }));
  expect((await client.send('POST', '/v1/customers/batch', { body: { changes } })).status).toBe(200);
  const [made] = await makeCheckpoints(service.app.database, client.tenantId);
  const [row] = await run(
    `SELECT count(DISTINCT substr(heads, 1 + 56 * n, 16))::int AS customers
     FROM checkpoint, generate_series(0, octet_length(heads) / 56 - 1) AS n WHERE tenant_id = $1 AND sequence = $2`,
    [client.tenantId, made?.sequence],
  );
  expect(row).toEqual({ customers: 600 });
  expect(await verify(client.tenantId)).toMatchObject({ customers: 600, found: 0 });
});

test('a change whose chain moved meanwhile is decided again, and joins it', async () => {
  const client = await service.otherTenant();
  const id = await customerOf(client);
  const [before] = await run('SELECT chain_head FROM customer WHERE customer_id = $1', [id]);
  await Promise.all(
    range(12).map((n) =>
      (n % 2 ? client : { ...client, address: other.address }).patch(id, { note: `${n}` }),
    ),
  );
  const [after] = await run('SELECT chain_head FROM customer WHERE customer_id = $1', [id]);
  expect(after).not.toEqual(before);
  expect((await verify(client.tenantId)).found).toBe(0);
});

test('a process that has not heard of the tenant’s new key notes its checkpoint under that key', async () => {
  const client = await service.otherTenant();
  const id = await customerOf(client);
  expect(await makeCheckpoints(other.app.database, client.tenantId)).toHaveLength(1);
  await client.create({ name: 'Grace' });
  // It has read all that it needs, and is about to write when the rotation comes.
  const lock = await holdCustomer(service.database, id);
  await lock.query('LOCK TABLE checkpoint IN SHARE MODE');
  const making = makeCheckpoints(other.app.database, client.tenantId);
  await lock.awaited();
  await rotateTenantKey(service.app.database, client.tenantId);
  await lock.release();
  expect(await making).toHaveLength(1);
  expect(await verify(client.tenantId)).toMatchObject({ found: 0, checkpoints: 3 });
  const wrapped = await run('SELECT DISTINCT generation FROM tenant_secret WHERE tenant_id = $1', [
    client.tenantId,
  ]);
  expect(wrapped).toEqual([{ generation: 2 }]);
});

describe('somebody who can write into the database', () => {
  /** What is found of a customer after each of these, and never of another one. */
  const tamperings: [string, string | ((id: string) => Promise<unknown>), string[]][] = [
    [
      'changes an entry',
      `UPDATE history SET principal = 'x' WHERE customer_id = $1 AND version = 3`,
      ['changed 3'],
    ],
    [
      'changes what is sealed',
      'UPDATE history SET sealed = set_bit(sealed, 9, 1 - get_bit(sealed, 9)) WHERE customer_id = $1 AND version = 2',
      ['changed 2'],
    ],
    [
      'moves an instant by a microsecond',
      `UPDATE history SET recorded_at = recorded_at + interval '1 microsecond' WHERE customer_id = $1 AND version = 4`,
      ['changed 4'],
    ],
    [
      'takes an instant out of time',
      `UPDATE history SET recorded_at = 'infinity' WHERE customer_id = $1 AND version = 4`,
      ['changed 4'],
    ],
    [
      'takes a snapshot away',
      'UPDATE history SET snapshot = NULL WHERE customer_id = $1 AND version = 1',
      ['changed 1'],
    ],
    [
      'adds what lay open',
      `UPDATE history SET open = '[{"path":"/kind"}]' WHERE customer_id = $1 AND version = 2`,
      ['changed 2'],
    ],
    ['removes an entry', 'DELETE FROM history WHERE customer_id = $1 AND version = 2', ['removed 2']],
    ['cuts the newest', 'DELETE FROM history WHERE customer_id = $1 AND version > 3', ['cut 4']],
    ['removes all of them', 'DELETE FROM history WHERE customer_id = $1', ['cut 1']],
    [
      'swaps two entries',
      `UPDATE history h SET sealed = o.sealed, recorded_at = o.recorded_at, principal = o.principal FROM history o
       WHERE h.customer_id = $1 AND o.customer_id = $1 AND h.version IN (3, 5) AND o.version = 8 - h.version`,
      ['swapped 3', 'swapped 5'],
    ],
    [
      'inserts an entry',
      `INSERT INTO history SELECT tenant_id, customer_id, 6, recorded_at, principal, contract, operation, open, sealed,
         snapshot, hash FROM history WHERE customer_id = $1 AND version = 5`,
      ['inserted 6'],
    ],
    [
      'takes a hash away',
      'UPDATE history SET hash = NULL WHERE customer_id = $1 AND version = 3',
      ['unchained 3', 'changed 4'],
    ],
    [
      'unchains a customer',
      'WITH c AS (UPDATE customer SET chain_head = NULL, chain_mac = NULL WHERE customer_id = $1) UPDATE history SET hash = NULL WHERE customer_id = $1',
      [1, 2, 3, 4, 5].map((n) => `unchained ${n}`).concat('unchained -'),
    ],
    [
      'gives a customer another code',
      `UPDATE customer SET chain_mac = 'x' WHERE customer_id = $1`,
      ['mac 5'],
    ],
    ['makes the chain anew', (id) => forge(id), ['mac 5']],
    [
      'makes the chain anew and proves it with a secret of his own',
      (id) => forge(id, newDataKey()),
      ['mac 5'],
    ],
    ['removes a customer with all entries', (id) => removeCustomer(id), []],
  ];

  test('changes, removes, swaps, inserts, cuts and forges, and each is found and named', async () => {
    const client = await service.otherTenant();
    const untouched = await customerOf(client);
    const ids = await Promise.all(tamperings.map(() => customerOf(client)));
    expect((await verify(client.tenantId)).found).toBe(0);
    for (const [index, [, tamper]] of tamperings.entries()) {
      const id = ids[index] as string;
      await (typeof tamper === 'string' ? run(tamper, [id]) : tamper(id));
    }
    const { findings } = await verify(client.tenantId);
    const found = (id: string | null) =>
      findings
        .filter(({ customerId }) => customerId === id)
        .map(({ rule, version }) => `${rule} ${version ?? '-'}`)
        .sort();
    const named = tamperings.map(([name], index) => [name, found(ids[index] as string)]);
    expect(named).toEqual(tamperings.map(([name, , expected]) => [name, expected.toSorted()]));
    expect(found(null)).toEqual(['customer-removed -']);
    expect(found(untouched)).toEqual([]);
    expect((await verify(client.tenantId, { customerId: untouched })).found).toBe(0);
    expect((await verify(client.tenantId, { customerId: ids[0] })).findings).toHaveLength(1);
  });

  test('and names a forged head is not helped by the next change', async () => {
    const id = await customerOf(service);
    await forge(id);
    expect((await service.patch(id, { note: 'x' })).status).toBe(500);
    expect((await verify(service.tenantId, { customerId: id })).findings).toMatchObject([{ rule: 'mac' }]);
  });

  test('puts a whole customer back to what it was, and the checkpoint since knows better', async () => {
    const client = await service.otherTenant();
    const id = await customerOf(client);
    await run(
      'CREATE TABLE kept AS SELECT * FROM customer WHERE customer_id = $1'.replace('$1', `'${id}'`),
      [],
    );
    await client.patch(id, { note: 'new' });
    const [noted] = await run(
      `SELECT wrapped FROM tenant_secret WHERE tenant_id = $1 AND purpose = 'checkpoint'`,
      [client.tenantId],
    );
    const [made] = await makeCheckpoints(service.app.database, client.tenantId);
    await run('DELETE FROM history WHERE customer_id = $1 AND version > 5', [id]);
    await run('DELETE FROM customer WHERE customer_id = $1', [id]);
    await run('INSERT INTO customer SELECT * FROM kept', []);
    await run('DROP TABLE kept', []);
    const { findings } = await verify(client.tenantId);
    expect(findings).toMatchObject([
      { rule: 'checkpoint-head', customerId: id, version: 6, checkpoint: made?.sequence },
    ]);
    const rules = async () => (await verify(client.tenantId)).findings.map(({ rule }) => rule);
    await run('DELETE FROM checkpoint WHERE tenant_id = $1 AND sequence = $2', [
      client.tenantId,
      made?.sequence,
    ]);
    expect(await rules()).toEqual(['checkpoint-cut']);
    // With an older copy of what is noted of the newest one nothing here tells; what was noted elsewhere does.
    await run(`UPDATE tenant_secret SET wrapped = $2 WHERE tenant_id = $1 AND purpose = 'checkpoint'`, [
      client.tenantId,
      noted?.['wrapped'],
    ]);
    expect((await verify(client.tenantId)).found).toBe(0);
    expect((await verify(client.tenantId, { anchors: made ? [made] : [] })).findings).toMatchObject([
      { rule: 'anchor' },
    ]);
  });

  test('removes the newest customer and its number, and the checkpoint since knows better', async () => {
    const client = await service.otherTenant();
    const id = await customerOf(client);
    await makeCheckpoints(service.app.database, client.tenantId);
    await removeCustomer(id);
    await run('UPDATE tenant_state SET last_number = last_number - 1 WHERE tenant_id = $1', [
      client.tenantId,
    ]);
    const { findings } = await verify(client.tenantId);
    expect(findings.map(({ rule }) => rule)).toEqual(['checkpoint-number', 'checkpoint-head']);
  });

  const onCheckpoints: [string, string, string[]][] = [
    [
      'changes the heads of a checkpoint',
      `UPDATE checkpoint SET heads = heads || heads WHERE tenant_id = $1 AND sequence = 2`,
      ['checkpoint-changed 2'],
    ],
    [
      'changes what it says',
      `UPDATE checkpoint SET jws = overlay(jws PLACING 'A' FROM 200) WHERE tenant_id = $1 AND sequence = 2`,
      ['checkpoint-changed 2', 'checkpoint-removed 3'],
    ],
    [
      'moves it in time',
      `UPDATE checkpoint SET recorded_at = recorded_at - interval '1 day' WHERE tenant_id = $1 AND sequence = 2`,
      ['checkpoint-changed 2'],
    ],
    ['removes one', 'DELETE FROM checkpoint WHERE tenant_id = $1 AND sequence = 2', ['checkpoint-removed 3']],
    [
      'removes the first',
      'DELETE FROM checkpoint WHERE tenant_id = $1 AND sequence = 1',
      ['checkpoint-removed 2'],
    ],
    [
      'removes the newest',
      'DELETE FROM checkpoint WHERE tenant_id = $1 AND sequence = 3',
      ['checkpoint-cut 2'],
    ],
    ['removes all of them', 'DELETE FROM checkpoint WHERE tenant_id = $1', ['checkpoint-cut 0']],
    [
      'removes what is noted of the newest',
      `DELETE FROM tenant_secret WHERE tenant_id = $1 AND purpose = 'checkpoint'`,
      ['checkpoint-cut 3'],
    ],
    [
      'changes what is noted of the newest',
      `UPDATE tenant_secret SET wrapped = set_byte(wrapped, 4, 77) WHERE tenant_id = $1 AND purpose = 'checkpoint'`,
      ['checkpoint-cut 3'],
    ],
  ];

  test.each(onCheckpoints)('%s, and it is found', async (_name, tamper, expected) => {
    const client = await service.otherTenant();
    for (const _ of range(2)) {
      await client.create({ name: 'Ada' });
      await makeCheckpoints(service.app.database, client.tenantId);
    }
    expect(await verify(client.tenantId)).toMatchObject({ found: 0, checkpoints: 3 });
    await run(tamper, [client.tenantId]);
    service.app.database.keyring.forget(client.tenantId);
    const { findings } = await verify(client.tenantId);
    expect(findings.map(({ rule, checkpoint }) => `${rule} ${checkpoint}`)).toEqual(expected);
    if (!expected.some((rule) => rule.startsWith('checkpoint-cut'))) return;
    // The next one does not cover it up.
    await client.create({ name: 'Ada' });
    await expect(makeCheckpoints(service.app.database, client.tenantId)).rejects.toThrow(/newest checkpoint/);
    expect((await verify(client.tenantId)).findings).toEqual(findings);
  });

  test('as the service’s own role can change no checkpoint and no entry', async () => {
    const { app, tenantId } = service;
    for (const table of ['checkpoint', 'history']) {
      for (const text of [`UPDATE ${table} SET tenant_id = tenant_id`, `DELETE FROM ${table}`]) {
        await expect(app.database.inTenant(tenantId, (sql) => sql(text))).rejects.toThrow(
          /permission denied/,
        );
      }
    }
  });

  test('changed the newest checkpoint: none is built upon it', async () => {
    const client = await service.otherTenant();
    await client.create({ name: 'Ada' });
    await run(`UPDATE checkpoint SET jws = 'x' WHERE tenant_id = $1`, [client.tenantId]);
    await expect(makeCheckpoints(service.app.database, client.tenantId)).rejects.toThrow(/checkpoint/);
  });
});

test('a database of before there were chains is served, told unproven, and chained while it is', async () => {
  const client = await service.otherTenant();
  const [id, quiet] = [await customerOf(client), await customerOf(client)];
  const of = [client.tenantId];
  await makeOfBefore(client.tenantId, service, other);
  await run('DELETE FROM checkpoint WHERE tenant_id = $1', of);
  await run('UPDATE history SET hash = NULL WHERE tenant_id = $1', of);
  await run('UPDATE customer SET chain_head = NULL, chain_mac = NULL WHERE tenant_id = $1', of);
  expect((await client.patch(id, { note: 'goes on' })).status).toBe(200);
  expect(await verify(client.tenantId)).toMatchObject({ found: 0, unproven: 10, provenSince: null });
  expect(await makeCheckpoints(service.app.database, client.tenantId)).toEqual([]);
  // What has a chain already is proven as far as it goes.
  await run(`UPDATE history SET principal = 'x' WHERE customer_id = $1 AND version = 6`, [id]);
  expect((await verify(client.tenantId)).findings).toMatchObject([{ rule: 'changed', version: 6 }]);
  await run(`UPDATE history SET principal = 'main' WHERE customer_id = $1 AND version = 6`, [id]);

  const lock = await holdCustomer(service.database, id);
  // The change is decided upon the chain that it read, and would be written after another one took its place.
  const chaining = chainOld(owner, client.tenantId);
  await lock.awaited();
  const changing = client.patch(id, { note: 'meanwhile' });
  await lock.awaited(2);
  await lock.release();
  expect(await chaining).toBe(2);
  expect((await changing).status).toBe(200);
  expect(await chainOld(owner, client.tenantId), 'again').toBe(0);
  expect((await client.patch(quiet, { note: 'x' })).status).toBe(200);
  const { provenSince, ...rest } = await verify(client.tenantId);
  expect(rest).toMatchObject({ found: 0, unproven: 0, checkpoints: 1 });
  expect(provenSince).not.toBeNull();
});

test('an entry that its customer does not know of is left out of the chain, and found', async () => {
  const client = await service.otherTenant();
  const id = await customerOf(client);
  const of = [client.tenantId];
  await makeOfBefore(client.tenantId, service);
  await run('DELETE FROM checkpoint WHERE tenant_id = $1', of);
  await run('UPDATE customer SET chain_head = NULL, chain_mac = NULL WHERE tenant_id = $1', of);
  await run('UPDATE history SET hash = NULL WHERE tenant_id = $1', of);
  await run(
    `INSERT INTO history SELECT tenant_id, customer_id, 6, recorded_at, principal, contract, operation, open, sealed,
       snapshot, hash FROM history WHERE customer_id = $1 AND version = 5`,
    [id],
  );
  expect(await chainOld(owner, client.tenantId)).toBe(1);
  expect((await verify(client.tenantId)).findings).toMatchObject([{ customerId: id, version: 6 }]);
});

test('nobody has what he forged chained for him', async () => {
  const client = await service.otherTenant();
  const id = await customerOf(client);
  await run(`UPDATE history SET principal = 'x', hash = NULL WHERE customer_id = $1`, [id]);
  expect(await chainOld(owner, client.tenantId)).toBe(0);
  expect((await verify(client.tenantId)).found).toBeGreaterThan(0);
});

test('the command tells it, and its exit code', async () => {
  const client = await service.otherTenant('told');
  const id = await customerOf(client);
  const command = commandIn({ DATABASE_URL: service.database.url });
  const sound = await command(['verify', '--tenant', 'told', '--checkpoint', '--json']);
  expect(sound.code).toBe(0);
  const { sequence, digest } = jsonOf(sound)['tenants'][0].newest;
  await run(`UPDATE history SET principal = 'x' WHERE customer_id = $1 AND version = 2`, [id]);
  const [broken, one, usage, wrong] = await Promise.all([
    command(['verify', '--tenant', 'told', '--anchor', `${sequence}:${digest}`]),
    command(['verify', '--tenant', 'told', '--customer', '1001', '--anchor', `9:${digest}`, '--json']),
    command(['verify', '--customer', '1001']),
    command(['verify', '--tenant', 'told', '--anchor', '9']),
  ]);
  expect([broken.code, one.code, usage.code, wrong.code]).toEqual([1, 1, 2, 2]);
  expect(broken.stdout).toMatch(new RegExp(`^changed +${id} +1001 +2 +-$`, 'm'));
  const rules = JSON.parse(one.stdout)['tenants'][0].findings.map(
    (finding: { rule: string }) => finding.rule,
  );
  expect(rules).toEqual(['changed', 'anchor']);
});

/** Changes an entry and makes the chain from there on anew, as somebody does who knows how and lacks the tenant's secret. */
const forge = async (id: string, secret?: ReturnType<typeof newDataKey>): Promise<void> => {
  await run(`UPDATE history SET principal = 'forged' WHERE customer_id = $1 AND version = 2`, [id]);
  const rows = await run(
    'SELECT *, version::int AS number FROM history h WHERE customer_id = $1 ORDER BY h.version',
    [id],
  );
  let head = Buffer.alloc(32);
  for (const row of rows) {
    const { principal, contract, operation, open, sealed, snapshot } = row as never as Parameters<
      typeof entryHash
    >[1];
    const version = row['number'] as number;
    const recordedAt = (row['recorded_at'] as Date).getTime();
    const entry = {
      customerId: id,
      version,
      recordedAt,
      principal,
      contract,
      operation,
      open,
      sealed,
      snapshot,
    };
    head = Buffer.from(entryHash(row['tenant_id'] as string, entry, head));
    await run('UPDATE history SET hash = $3 WHERE customer_id = $1 AND version = $2', [id, version, head]);
  }
  const [customer] = await run('UPDATE customer SET chain_head = $2 WHERE customer_id = $1 RETURNING *', [
    id,
    head,
  ]);
  if (!secret) return;
  const { tenant_id: tenantId, number } = customer as { tenant_id: string; number: number };
  const mac = headMac(secret, tenantId, { customerId: id, number, version: rows.length, head });
  await run('UPDATE customer SET chain_mac = $2 WHERE customer_id = $1', [id, mac]);
};

const removeCustomer = async (id: string): Promise<void> => {
  for (const table of ['history', 'customer']) await run(`DELETE FROM ${table} WHERE customer_id = $1`, [id]);
};
