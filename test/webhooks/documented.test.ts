import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { toldEvents } from '../../src/contracts/webhooks.ts';
import { eventMeanings } from '../../src/customer/operation.ts';
import { openApiPathOf } from '../../src/http/openapi.ts';
import { type Document, expectDocumented, readDocument, validatorOf } from '../support/documented.ts';
import { eraseNow } from '../support/erasures.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { makeWebhook, toLoopback } from '../support/webhooks.ts';

let service: TestService;
const documents = new Map<string, Document>();
beforeAll(async () => {
  service = await startService({ settings: toLoopback });
  for (const contract of contracts) documents.set(contract.id, await readDocument(service.address, contract));
});
afterAll(() => service.stop());

const telling = contracts.flatMap(({ id, webhooks }) => (webhooks ? [{ name: id, webhooks }] : []));
const webhooksOf = (contract: string): Document => documents.get(contract)?.['webhooks'];

test('the contracts that tell of changes have a section of webhooks, and no others', () => {
  expect(telling.map(({ name }) => name)).toEqual(['native', 'seamlessos']);
  for (const contract of contracts)
    expect(webhooksOf(contract.id) !== undefined, openApiPathOf(contract)).toBe(!!contract.webhooks);
});

test('the page of webhooks lists the events of each contract', async () => {
  const page = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
  for (const { name, webhooks } of telling) {
    const events = webhooks.events.map((event) => `\`${event}\``).join(', ');
    expect(page).toContain(`| \`${name}\` | ${events} |`);
  }
});

describe.each(telling)('the document of $name', ({ name, webhooks }) => {
  /** Has a customer changed in every way that is told, at every level of protection, and gives what is then sent. */
  const allMessages = async (receiver: Receiver) => {
    const events = [...webhooks.events];
    const scopes = ['customer:read', 'personal:read'] as const;
    await makeWebhook(service, { url: receiver.url, contract: name, events });
    await makeWebhook(service, { url: receiver.url, contract: name, events, scopes: [...scopes] });
    const { id } = await service.create(fullCustomer());
    for (const protectionLevel of [2, 3, 1])
      await service.patch(id, { protectionLevel }, { 'customary-reason': 'a test' });
    await service.remove(id);
    await service.send('POST', `/v1/customers/${id}/history/5/undo`);
    // An erasure drops what was not told before.
    const changes = 2 * (events.includes('customer.deleted') ? 6 : 5);
    await receiver.got(changes);
    await eraseNow(service, id);
    return receiver.got(changes + 2);
  };

  test('has every event that is sent, and each message is as it says', async () => {
    const receiver = await startReceiver();
    const messages = await allMessages(receiver);
    const sent = new Set(messages.map(({ json }) => json['type'] as string));
    const documented = Object.keys(webhooksOf(name));
    expect(documented.toSorted()).toEqual([...sent].toSorted());
    expect(documented.toSorted()).toEqual(toldEvents(webhooks).toSorted());
    for (const { json, headers, body } of messages) {
      const { post } = webhooksOf(name)[json['type']];
      const document = documents.get(name) as Document;
      expectDocumented(post.requestBody, headers['content-type'] ?? null, body, document);
      for (const parameter of post.parameters) {
        const validate = validatorOf(parameter.schema, document);
        expect(validate(headers[parameter.name]), `${parameter.name}: ${headers[parameter.name]}`).toBe(true);
      }
    }
    const signed = Object.keys(messages[0]?.headers ?? {}).filter((header) => header.startsWith('webhook-'));
    for (const one of documented) {
      const { post } = webhooksOf(name)[one];
      expect(post.parameters.map((parameter: Document) => parameter['name'])).toEqual(signed);
    }
  });

  test('refuses a message that is none, says what each event means, and wants no key', () => {
    const document = documents.get(name) as Document;
    for (const [type, { post }] of Object.entries<Document>(webhooksOf(name))) {
      expect(post.summary).toBe(eventMeanings[type as keyof typeof eventMeanings]);
      expect([post.security, Object.keys(post.responses)]).toEqual([[], ['410', '2XX', 'default']]);
      const validate = validatorOf(post.requestBody.content['application/json'].schema, document);
      const none = { eventId: 'x', type: 'customer.nothing', occurredAt: 'now', data: {} };
      expect(validate(none)).toBe(false);
    }
    const ids = [...Object.values(document['paths']), ...Object.values(webhooksOf(name))].flatMap((item) =>
      Object.values(item as Document).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
