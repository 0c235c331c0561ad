import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../src/schema/json.ts';

/** A file of src/contracts/<name>/examples: a record and its document, or a call and its answer. */
type Golden = GoldenPair | GoldenCall;

/** A record and the contract's document of it, each made of the other by the mapping. */
export interface GoldenPair {
  title: string;
  /** Canonical data; with the system members (`id`, `number`, `createdAt` …) where the document shows them. */
  record: JsonObject;
  document: JsonObject;
  /** Where the way back loses something on purpose. */
  only?: 'write' | 'read';
}

/**
 * A call as the vendor's page has it. `{id}` and `{number}` in any text stand for the customer that `record` makes through
 * the native API; in the answer `{any}` stands for any value.
 */
export interface GoldenCall {
  title: string;
  record: JsonObject;
  /** The path with the contract's prefix; the credential is added. */
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
  /** The whole body; only these headers are compared. */
  response: { status: number; headers?: Record<string, string>; body?: unknown };
  /** Members of the record as the native API shows them when all is done. */
  after?: JsonObject;
}

/** The examples of a contract, by the names of their files. */
export const goldenOf = (contract: string): [string, Golden][] => {
  const folder = new URL(`../../src/contracts/${contract}/examples/`, import.meta.url);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Golden]);
};
