import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Contract } from '../contracts/contract.ts';
import { bodyLimits } from '../customer/record-limits.ts';
import { OperatorError, Refusal } from '../errors.ts';
import type { Row } from '../mapping/compiled.ts';
import type { Mapping } from '../mapping/define-mapping.ts';
import type { Links } from '../mapping/links.ts';
import { isObject, type JsonObject } from '../schema/json.ts';
import { parseJson } from '../schema/parse-json.ts';
import { canonicalUuid } from '../uuid.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { callInSession } from './customer-session.ts';
import { type OutputOptions, print, table, withJson } from './output.ts';

/** `customary explain`: what a contract's document makes of the record, and the other way round, rule by rule. */
export const addExplain = (program: Command): void => {
  withJson(program.command('explain'))
    .description(
      "show what each member of a vendor's document means in the record, and what is ignored and why",
    )
    .argument('<contract>', 'the contract, such as revio')
    .argument(
      '<source>',
      'a file with the JSON document, "-" for standard input, or the id of a stored customer',
    )
    .option('--tenant <name>', 'the tenant of the stored customer')
    .addHelpText('after', examples)
    .action(explain);
};

const examples = `
Examples:
  echo '{"customer_id":1001,"email":"ada@example.org"}' | customary explain revio -
  customary explain keypro 0190b5a4-7c1e-7000-8000-2f6d3c0e9a11 --tenant demo`;

interface ExplainOptions extends OutputOptions {
  tenant?: string;
}

const explain = async (id: string, source: string, options: ExplainOptions): Promise<void> => {
  const contract = await contractOf(id);
  const customerId = canonicalUuid(source);
  const rows = customerId
    ? await explainStored(contract.mapping, customerId, options.tenant)
    : explainDocument(contract, documentIn(await read(source)));
  print(options, { contract: id, rows }, (result) => textOf(result.rows));
};

type Mapped = Contract & { mapping: Mapping };

/** The contracts are loaded only now, so that no other command waits for them. */
const contractOf = async (id: string): Promise<Mapped> => {
  const { contracts } = await import('../contracts/all.ts');
  const mapped = contracts.filter((one): one is Mapped => one.mapping !== undefined);
  const contract = mapped.find((one) => one.id === id);
  if (contract) return contract;
  const names = mapped.map((one) => one.id).join(', ');
  throw new CommandFailure(exitCodes.usage, `There is no contract ${id} to explain; there are ${names}.`);
};

/** As the service reads it: in the contract's normal form. */
const explainDocument = ({ mapping, normalise }: Mapped, document: JsonObject): Row[] =>
  mapping.explain(normalise?.(document) ?? document, namedLinks);

const explainStored = async (mapping: Mapping, id: string, tenant: string | undefined): Promise<Row[]> => {
  if (tenant === undefined) {
    throw new CommandFailure(
      exitCodes.usage,
      'A stored customer needs the name of its tenant: add --tenant.',
    );
  }
  const get = (customer: string) => callInSession(tenant, 'getCustomer', { params: { id: customer } });
  const record = await get(id);
  const parentId = record['parentId'];
  const parent = typeof parentId === 'string' ? await get(parentId).catch(() => undefined) : undefined;
  const number = parent?.['number'];
  return mapping.explainRecord(record, {
    ...namedLinks,
    numberOf: (other) => (other === parentId && typeof number === 'number' ? number : null),
  });
};

/** Without a database a reference is named, not looked up. */
const namedLinks: Links = { numberOf: () => null, idOf: (number) => `the id of customer ${number}` };

const read = async (source: string): Promise<Buffer> => {
  if (source === '-') return buffer(process.stdin);
  return readFile(source).catch((cause: NodeJS.ErrnoException) => {
    throw new OperatorError(`The file ${source} can't be read (${cause.code}).`, { cause });
  });
};

const documentIn = (text: Buffer): JsonObject => {
  try {
    const document = parseJson(text, bodyLimits);
    if (isObject(document)) return document;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [fault] = error.faults;
    const where = fault ? ` (${fault.pointer} ${fault.detail})` : '';
    throw new CommandFailure(exitCodes.usage, `The document is not well-formed JSON${where}.`);
  }
  throw new CommandFailure(exitCodes.usage, 'The document must be a JSON object.');
};

const textOf = (rows: readonly Row[]): string =>
  table(
    ['DOCUMENT', 'VALUE', 'RECORD', 'VALUE', 'NOTE'],
    rows.map((row) => [row.wire, row.wireValue, row.canonical, row.canonicalValue, row.note]),
    'The document says nothing.',
  );
