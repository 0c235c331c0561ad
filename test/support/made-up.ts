import Type from 'typebox';
import { commandOf } from '../../src/contracts/command.ts';
import type { Call, Contract, Route } from '../../src/contracts/contract.ts';
import { unlessKnown } from '../../src/contracts/known-version.ts';
import { createCustomer } from '../../src/customer/create-customer.ts';
import type { Customer } from '../../src/customer/customer.ts';
import { deleteCustomer } from '../../src/customer/delete-customer.ts';
import type { Door } from '../../src/customer/execute.ts';
import type { Links } from '../../src/customer/links.ts';
import type { Reply, WriteOperation } from '../../src/customer/operation.ts';
import { throughView, updateCustomer } from '../../src/customer/update-customer.ts';
import type { View } from '../../src/customer/view.ts';
import { asSeen } from '../../src/customer/view.ts';
import { Refusal } from '../../src/errors.ts';
import { invalidHeader } from '../../src/headers/invalid-header.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import { mergePatch } from '../../src/schema/merge-patch.ts';

/** A contract that no vendor has: it names customers by number, and does everything a contract may do differently. */
export const madeUp: Contract = {
  id: 'made',
  title: 'Made up',
  description: 'For tests.',
  prefix: '/made',
  securitySchemes: {
    basic: { type: 'http', scheme: 'basic', description: 'Key id, tenant and secret.' },
    token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'A session token.' },
  },
  routes: [],
  trailingSlash: true,
  defaultMediaType: 'application/json',
  idempotency: { header: 'X-Made-Key', maxLength: 256, exact: true },
  errorSchema: Type.Object({ made: Type.String() }),
  errorMediaType: 'application/json',
  challenge: 'Basic realm="made"',
  credential(header) {
    const [, token] = /^Token (\S+)$/.exec(header('authorization') ?? '') ?? [];
    if (token !== undefined) return { token };
    const [, basic] = /^Basic (\S+)$/.exec(header('authorization') ?? '') ?? [];
    if (basic === undefined) return header('authorization') === undefined ? undefined : { secret: '' };
    const [, keyId = '', tenant = '', secret = ''] =
      /^([^@]*)@([^:]*):(.*)$/.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    return { keyId, tenant, secret };
  },
  userCredential: {
    header: 'Made-Person',
    find(header) {
      const shown = header('made-person');
      if (shown === undefined) return undefined;
      return shown.includes('.') ? { token: shown } : { secret: shown };
    },
  },
  admit({ tenant }, header) {
    const named = header('made-tenant');
    if (named === undefined) throw invalidHeader('Made-Tenant', 'required', 'is required');
    if (named !== tenant.name) throw new Refusal('forbidden');
  },
  renderRefusal(refusal, { method, path, route, header }) {
    const { code: made, faults } = refusal;
    const body = { made, faults, method, path, route: route?.id ?? null };
    const plain = header('accept') === 'text/plain';
    return {
      status: refusal.status,
      headers: { ...refusal.headers, 'content-type': plain ? 'text/plain' : 'application/json' },
      body: plain ? `made ${made}` : JSON.stringify(body),
    };
  },
};

const view: View = {
  write: ({ number, data }, links) => ({
    number,
    title: data.name ?? null,
    code: data.accountNumber ?? null,
    parent: data.parentId ? links.numberOf(data.parentId) : null,
  }),
  read(document, current, links) {
    const { title, code, parent } = document;
    const parentId = typeof parent === 'number' ? links.idOf(parent) : null;
    if (typeof parent === 'number' && parentId === null) {
      const faults = [{ pointer: '/parent', rule: 'exists', detail: 'is no customer', wire: true as const }];
      throw new Refusal('validation-failed', { faults });
    }
    return {
      ...(current?.data as JsonObject | undefined),
      name: title ?? null,
      accountNumber: code ?? null,
      parentId,
    };
  },
};

const wireNames: Record<string, string> = {
  '/name': '/title',
  '/accountNumber': '/code',
  '/parentId': '/parent',
};

const json = (body: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const shown = (customer: Customer, call: Call, links: Links, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(view.write(asSeen(customer, call.context), links)),
});

const namesOf = (pointer: string): string[] => {
  const name = wireNames[pointer];
  return name === undefined ? [] : [name];
};

const change = <Input>(
  call: Call,
  door: Door,
  operation: WriteOperation<Input>,
  customerId: string,
  input: Input,
  ignored: string[] = [],
) =>
  door.execute(
    commandOf(madeUp, call, {
      operation,
      customerId,
      input,
      ignored,
      onWire: (pointer) => namesOf(pointer),
      render: ({ customer, created }, links) =>
        customer.deletedAt
          ? { status: 204, headers: {}, body: '' }
          : shown(customer, call, links, created ? 201 : 200),
    }),
  );

const later = (call: Call, door: Door, customerId: string) =>
  door.execute(
    commandOf(madeUp, call, {
      operation: updateCustomer,
      customerId,
      input: throughView(view, (document) => mergePatch(document, call.body as JsonObject)),
      alwaysLater: true,
      ignored: ['clock'],
      eligible(current, { principal }, world) {
        if (current?.id === principal.customerId) throw new Refusal('forbidden');
        if (current?.data.status === 'closed') throw new Refusal('forbidden');
        if (call.finishes && current?.data.source === 'poison') throw new Error('poisoned');
        void world;
      },
      onWire: (pointer) => namesOf(pointer),
      render: ({ customer }, links) => shown(customer, call, links),
      renderAccepted: ({ requestId }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ call: requestId }),
      }),
    }),
  );

const idOf = async (call: Call, door: Door): Promise<string> =>
  (await door.reader.idOfNumber(call.context, Number(call.params['number']))) ?? call.context.newId();

const common = { params: {}, query: {}, headers: {}, bodyLimit: 'change' as const, replies: {} };
const byNumber = {
  ...common,
  params: { number: { pattern: /^\d{1,10}$/, schema: Type.Integer(), description: 'The number.' } },
};
const anyBody = { 'application/json': Type.Object({}) };

/** The members that may be written; others are ignored by their names. */
const writable = new Set(['title', 'code', 'parent']);
const known = (body: JsonObject) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => writable.has(name)));
const ignoredIn = (body: JsonObject) => Object.keys(body).filter((name) => !writable.has(name));

const routes: Route[] = [
  {
    ...byNumber,
    id: 'read',
    method: 'GET',
    path: '/customers/{number}/',
    summary: 'Read',
    scopes: ['customer:read'],
    body: null,
    async handle(call, door) {
      const customer = await door.reader.customer(call.context, await idOf(call, door));
      const links = await door.reader.links(call.context, [customer]);
      return unlessKnown(call, customer, (headers) => {
        const reply = shown(customer, call, links);
        return { ...reply, headers: { ...reply.headers, ...headers } };
      });
    },
  },
  {
    ...common,
    id: 'create',
    method: 'POST',
    path: '/customers/',
    summary: 'Create',
    scopes: ['customer:write'],
    body: anyBody,
    handle: (call, door) =>
      change(call, door, createCustomer, call.context.newId(), { view, document: call.body as JsonObject }),
  },
  {
    ...byNumber,
    id: 'update',
    method: 'PATCH',
    path: '/customers/{number}/',
    summary: 'Update',
    scopes: ['customer:write'],
    body: anyBody,
    async handle(call, door) {
      const body = call.body as JsonObject;
      const update = throughView(view, (document) => mergePatch(document, known(body)));
      return change(call, door, updateCustomer, await idOf(call, door), update, ignoredIn(body));
    },
  },
  {
    ...byNumber,
    id: 'remove',
    method: 'DELETE',
    path: '/customers/{number}/',
    summary: 'Remove',
    scopes: ['customer:delete'],
    body: null,
    handle: async (call, door) => change(call, door, deleteCustomer, await idOf(call, door), null),
  },
  {
    ...byNumber,
    id: 'updateLater',
    method: 'PATCH',
    path: '/later/{number}',
    summary: 'Update later',
    scopes: ['customer:write'],
    body: anyBody,
    handle: async (call, door) => later(call, door, await idOf(call, door)),
  },
  {
    ...common,
    id: 'call',
    method: 'GET',
    path: '/calls/{id}',
    summary: 'How a call went',
    scopes: [],
    params: { id: { pattern: /^[0-9a-f-]{36}$/, schema: Type.String(), description: 'The call.' } },
    body: null,
    async handle(call, door) {
      const { status, result } = await door.reader.request(call.context, call.params['id'] as string);
      const body = JSON.stringify({ status, code: result?.code ?? null, reply: result?.body ?? null });
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    },
  },
  {
    ...common,
    id: 'login',
    method: 'POST',
    path: '/login',
    summary: 'Log in',
    scopes: [],
    public: true,
    body: anyBody,
    async handle({ body, sessions }) {
      const { secret, seconds } = body as { secret: string; seconds: number };
      const session = await sessions.open({ secret }, madeUp.id, {
        tokenSeconds: seconds,
        refreshSeconds: 3600,
      });
      if (!session) throw new Refusal('unauthenticated');
      return json(session);
    },
  },
  {
    ...common,
    id: 'renew',
    method: 'POST',
    path: '/renew',
    summary: 'Renew a session',
    scopes: [],
    public: true,
    body: anyBody,
    async handle({ body, sessions }) {
      const { refreshToken, onceExpired } = body as { refreshToken: string; onceExpired?: true };
      const lifetime = { tokenSeconds: 600, refreshSeconds: 3600 };
      const options = onceExpired ? { onceExpired } : {};
      return json(await sessions.renew(refreshToken, lifetime, options));
    },
  },
  {
    ...common,
    id: 'logout',
    method: 'POST',
    path: '/logout',
    summary: 'Log out',
    scopes: [],
    body: null,
    async handle({ header, sessions }) {
      await sessions.revoke(header('authorization')?.slice('Token '.length) ?? '');
      return { status: 204, headers: {}, body: '' };
    },
  },
  {
    ...common,
    id: 'broken',
    method: 'GET',
    path: '/broken',
    summary: 'A defect',
    scopes: [],
    body: null,
    handle: () => Promise.reject(new Error('a defect')),
  },
];
madeUp.routes.push(...routes);
