import { exportCustomer } from '../../customer/export-customer.ts';
import { type ExportedCustomer, importCustomer, readExported } from '../../customer/import-customer.ts';
import type { Outcome, Reply } from '../../customer/operation.ts';
import { systemNames } from '../../customer/system-members.ts';
import { Refusal } from '../../errors.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { validator } from '../../schema/validate.ts';
import { commandOf } from '../command.ts';
import type { Call, Contract, Route } from '../contract.ts';
import { ignoredHeader } from '../ignored.ts';
import { exportSchema, importSchema } from './export-schema.ts';
import { changeReply, wantsMinimal } from './reply.ts';
import { customerSchema, dryRunReply } from './reply-schemas.ts';
import {
  changeReplies,
  customerIdOf,
  customerParams,
  dryRunQuery,
  headersAtOnce,
  readHeaders,
  readRepliesOfCustomer,
} from './schemas.ts';

/** The routes of access and portability (GDPR Art. 15 and 20). */
export const exportRoutes = (contract: () => Contract): Route[] => [exportRoute, importRoute(contract)];

const exportRoute: Route = {
  id: 'exportCustomer',
  method: 'GET',
  path: '/customers/{id}/export',
  summary: 'Everything that is held of a customer as one document (GDPR Art. 15 and 20)',
  scopes: ['customer:read', 'history:read', 'personal:read', 'privacy:manage'],
  params: customerParams,
  query: {},
  headers: readHeaders,
  body: null,
  bodyLimit: 'change',
  replies: { 200: { description: 'The export', schema: exportSchema }, ...readRepliesOfCustomer },
  async handle(call, door) {
    const parts = exportCustomer(door, call.context, customerIdOf(call));
    // What is refused is refused before the answer begins.
    const { value: first } = await parts.next();
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { status: 200, headers, body: '', parts: beginningWith(first as string, parts) };
  },
};

async function* beginningWith(first: string, others: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* others;
}

const importRoute = (contract: () => Contract): Route => ({
  id: 'importCustomer',
  method: 'POST',
  path: '/customers/import',
  summary: 'Take over an exported customer with its history, where it is not there',
  scopes: importCustomer.scopes,
  params: {},
  query: dryRunQuery,
  headers: headersAtOnce,
  body: { 'application/json': importSchema },
  bodyLimit: 'batch',
  replies: {
    200: dryRunReply,
    201: { description: 'The customer, with a new number', schema: customerSchema },
    ...changeReplies,
  },
  async handle(call, door) {
    const exported = exportedIn(call.body);
    const minimal = wantsMinimal(call);
    return door.execute(
      commandOf(contract(), call, {
        operation: importCustomer,
        customerId: exported.id,
        input: readExported(exported),
        onWire: (pointer) => [pointer.startsWith('/history/') ? pointer : `/customer${pointer}`],
        render: (outcome) =>
          withLeftOut(changeReply(outcome, call.context, minimal, 'chosen'), outcome, exported),
      }),
    );
  },
});

const judge = validator(importSchema);

/** The customer in a body. Throws Refusal `validation-failed`. */
const exportedIn = (body: Call['body']): ExportedCustomer => {
  const faults = judge(body);
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  const { customer, history, deletedAt } = body as JsonObject & { customer: JsonObject; history: Json[] };
  const refuse = (pointer: string, detail: string) =>
    new Refusal('validation-failed', { faults: [{ pointer, rule: 'import', detail }] });
  if (deletedAt) throw refuse('/deletedAt', 'must be null: a deleted customer is not taken over');
  if (customer['version'] !== history.length) throw refuse('/history', 'must have an entry of every version');
  const record = Object.entries(customer).filter(([name]) => !systemNames.includes(name));
  return {
    id: customer['id'] as string,
    createdAt: customer['createdAt'] as string,
    record: Object.fromEntries(record) as JsonObject,
    history: history as unknown as ExportedCustomer['history'],
  };
};

/** Says that the parent was left out, since it is not here. */
const withLeftOut = (
  reply: Reply,
  { customer }: Outcome & { kind: 'done' },
  exported: ExportedCustomer,
): Reply =>
  typeof exported.record['parentId'] !== 'string' || typeof customer.data.parentId === 'string'
    ? reply
    : { ...reply, headers: { ...reply.headers, 'customary-ignored': ignoredHeader(['parentId']) } };
