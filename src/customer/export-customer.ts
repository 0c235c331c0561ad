import type { Change } from '../schema/change.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { Context } from './context.ts';
import { personalShapes } from './disclosures.ts';
import type { Door } from './execute.ts';
import {
  accessesOf,
  historyOf,
  parentOf,
  repliesOf,
  requestsOf,
  restrictionOf,
  subCustomersOf,
  webhooksOf,
} from './export-parts.ts';
import { stateOf } from './export-state.ts';
import type { HistoryEntry } from './history-entry.ts';
import { noteMembers, reasonName } from './note-disclosure.ts';
import { systemMembers } from './system-members.ts';

/** Names what an export is, and the version of its form. */
export const exportForm = { format: 'customary.customer-export', formatVersion: 1 } as const;

/**
 * Everything that is held of a customer (GDPR Art. 15 and 20), as one JSON document in parts that joined are its text.
 * History and requests are read page by page, so that no length of them fills the memory. Deleted customers are exported
 * as well. The caller must see all of the record. The first part throws Refusal `not-found` and `erased`.
 */
export async function* exportCustomer(door: Door, context: Context, id: string): AsyncGenerator<string> {
  const { customer } = await door.reader.history(context, id, 1, 1);
  const { tenant } = context;
  noteMembers(context, customer, [...personalShapes.keys(), reasonName]);
  yield opening({
    ...exportForm,
    exportedAt: new Date().toISOString(),
    tenant: tenant.name,
    customer: { ...systemMembers(customer), ...(customer.data as JsonObject) },
    deletedAt: customer.deletedAt?.toISOString() ?? null,
  });
  const contracts = new Map<string, Dealings>();
  const history = mapped(historyOf(door, context, customer), (entry) => {
    noteDealing(contracts, entry);
    return entryText(entry);
  });
  yield* listed('history', history);
  yield* listed('requests', requestsOf(door, context, customer));
  yield* listed('accesses', accessesOf(door, context, customer));
  yield* listed('subCustomers', subCustomersOf(door, context, customer));
  yield closing({
    parent: await parentOf(door, context, customer),
    restriction: await restrictionOf(door, context, customer),
    ...(await stateOf(door, context, customer)),
    replies: await repliesOf(door, context, customer),
    recipients: {
      contracts: [...contracts].map(([contract, dealings]) => ({ contract, ...dealings })),
      webhooks: await webhooksOf(door, context, customer),
    },
  });
}

const opening = (members: JsonObject): string => JSON.stringify(members).slice(0, -1);
const closing = (members: JsonObject): string => `,${JSON.stringify(members).slice(1)}\n`;

async function* listed(name: string, items: AsyncIterable<Json>): AsyncGenerator<string> {
  let before = `,\n${JSON.stringify(name)}:[`;
  for await (const item of items) {
    yield `${before}\n${JSON.stringify(item)}`;
    before = ',';
  }
  yield before === ',' ? '\n]' : `${before}]`;
}

async function* mapped<One, Other>(
  items: AsyncIterable<One>,
  to: (one: One) => Other,
): AsyncGenerator<Other> {
  for await (const item of items) yield to(item);
}

const entryText = ({
  customerId: _id,
  snapshot: _snapshot,
  recordedAt,
  changes,
  ...entry
}: HistoryEntry) => ({
  ...entry,
  recordedAt: recordedAt.toISOString(),
  changes: changes as (Change & JsonObject)[],
});

/** What went through one contract: by whom, and from when to when. */
interface Dealings extends JsonObject {
  principals: string[];
  firstAt: string;
  lastAt: string;
  changes: number;
}

const noteDealing = (
  contracts: Map<string, Dealings>,
  { contract, principal, recordedAt }: HistoryEntry,
): void => {
  const at = recordedAt.toISOString();
  const dealings = contracts.get(contract) ?? { principals: [], firstAt: at, lastAt: at, changes: 0 };
  contracts.set(contract, dealings);
  if (!dealings.principals.includes(principal)) dealings.principals.push(principal);
  dealings.lastAt = at;
  dealings.changes += 1;
};
