import type { Contract } from '../src/contracts/contract.ts';
import { customerSystem } from '../src/customer/customer.ts';
import { customerShape } from '../src/customer/record.ts';
import type { Mapping } from '../src/mapping/define-mapping.ts';
import type { Shape } from '../src/schema/shape.ts';

/** For each field of the record its place in each contract that has a mapping: the head and the rows of a table. */
export const mappingTable = (contracts: readonly Contract[]): { head: string[]; rows: string[][] } => {
  const mapped = contracts.flatMap(({ id, mapping }) => (mapping ? [{ id, mapping }] : []));
  const fields = [...Object.keys(customerSystem.properties), ...leavesOf(customerShape)];
  return {
    head: ['Field of the record', ...mapped.map(({ id }) => id)],
    rows: fields.map((field) => [`\`${field}\``, ...mapped.map(({ mapping }) => cellOf(mapping, field))]),
  };
};

const cellOf = (mapping: Mapping, field: string): string => {
  const wires = mapping
    .places()
    .filter(({ canonical }) => canonical === field || canonical?.startsWith(`${field}.`))
    .map(({ wire, readOnly }) => `\`${wire}\`${readOnly ? ' (shown)' : ''}`);
  return [...new Set(wires)].join(', ') || '–';
};

const leavesOf = (shape: Shape, at = ''): string[] => {
  if (shape.kind === 'leaf') return [at];
  const members = shape.kind === 'list' ? (shape.item as Shape & { kind: 'group' }).members : shape.members;
  return [...members].flatMap(([name, member]) => leavesOf(member, at === '' ? name : `${at}.${name}`));
};
