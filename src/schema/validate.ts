import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import type { Fault } from '../errors.ts';
import { markKeywords } from './field.ts';
import { formats } from './formats.ts';

/** Judges a value against a schema: every fault with its pointer and rule, none when it is valid. */
export type Validator = (value: unknown) => Fault[];

/**
 * Makes the validator of a schema of the field language (a subset of JSON Schema 2020-12), compiled at its first use
 * so that a start waits for none. Fault texts never quote the value; there are at most `most` of them.
 */
export const validator = (schema: TSchema, most = mostFaults): Validator => {
  let validate: ValidateFunction | undefined;
  return (value) => {
    validate ??= ajv.compile(schema);
    return validate(value) ? noFaults : faultsOf(validate, most);
  };
};

const noFaults: Fault[] = [];

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true, formats, messages: true });
for (const keyword of markKeywords) ajv.addKeyword({ keyword });

const mostFaults = 50;

const faultsOf = (validate: ValidateFunction, most: number): Fault[] => {
  const faults = (validate.errors ?? []).filter((error) => error.keyword !== 'propertyNames').map(faultOf);
  return faults.slice(0, most);
};

const faultOf = (error: ErrorObject): Fault => {
  const params = error.params as Record<string, unknown>;
  const pointer = (name: unknown) =>
    `${error.instancePath}/${String(name).replace(/~/g, '~0').replace(/\//g, '~1')}`;
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        pointer: pointer(params['additionalProperty']),
        rule: 'unknownMember',
        detail: 'is not a known member',
      };
    case 'required':
      return { pointer: pointer(params['missingProperty']), rule: 'required', detail: 'is required' };
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).filter((value) => value !== null);
      return { pointer: error.instancePath, rule: 'enum', detail: `must be one of ${allowed.join(', ')}` };
    }
    case 'type':
      return { pointer: error.instancePath, rule: 'type', detail: `must be ${typeNames(params['type'])}` };
    default:
      // A fault of a member's name belongs to that member.
      if (error.propertyName !== undefined) {
        return { pointer: pointer(error.propertyName), rule: error.keyword, detail: nameDetail(error) };
      }
      return { pointer: error.instancePath, rule: error.keyword, detail: error.message ?? 'is not valid' };
  }
};

const nameDetail = (error: ErrorObject): string => `has a name that ${error.message ?? 'is not valid'}`;

const typeNames = (type: unknown): string => (Array.isArray(type) ? type : [type]).join(' or ');
