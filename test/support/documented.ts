import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { openApiPathOf } from '../../src/http/openapi.ts';
import { formats } from '../../src/schema/formats.ts';

/** A part of an OpenAPI document. */
export type Document = Record<string, any>;

/** A contract's OpenAPI document, as a running service gives it. */
export const readDocument = async (address: string, contract: Contract): Promise<Document> => {
  const answer = await fetch(address + openApiPathOf(contract));
  expect(answer.headers.get('content-type')).toContain('application/json');
  return (await answer.json()) as Document;
};

/** Expects an answer to be of a media type that a Response Object has, and its body to be of that type's schema. */
export const expectDocumented = (
  documented: Document,
  contentType: string | null,
  text: string,
  document: Document,
): void => {
  if (text === '') return;
  const type = contentType?.split(';')[0] ?? '';
  expect(Object.keys(documented['content'] ?? {})).toContain(type);
  const validate = validatorOf(documented['content'][type].schema, document);
  const value = /json$/.test(type) ? JSON.parse(text) : text;
  expect(validate(value) ? [] : validate.errors, text.slice(0, 300)).toEqual([]);
};

/** The judge of a schema; schemas that stand at several places, or in a document that was read again, are compiled once. */
export const validatorOf = (schema: Document, document: Document): ValidateFunction => {
  const known = judged.get(schema);
  if (known) return known;
  const whole = withoutReferences(schema, document);
  const name = JSON.stringify(whole);
  const validate = validators.get(name) ?? ajv.compile(whole);
  validators.set(name, validate);
  judged.set(schema, validate);
  return validate;
};

/** Every schema of a document. */
export const schemasOf = (node: unknown): Document[] => {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    name === 'schema'
      ? [value as Document]
      : name === 'schemas'
        ? Object.values(value as Document)
        : schemasOf(value),
  );
};

const validators = new Map<string, ValidateFunction>();
/** A large schema takes longer to be written out than a document to be judged by it. */
const judged = new WeakMap<Document, ValidateFunction>();
const ajv = new Ajv2020({ strict: true, strictTypes: false, formats, keywords: ['example'] });
for (const mark of ['x-personal', 'x-secret', 'x-search', 'x-unique']) ajv.addKeyword(mark);

const withoutReferences = (schema: Document, document: Document): Document =>
  JSON.parse(JSON.stringify(schema), (_name, value) =>
    value?.$ref
      ? String(value.$ref)
          .slice(2)
          .split('/')
          .reduce((at, name) => at[name], document)
      : value,
  );
