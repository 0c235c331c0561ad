import Type, { type TSchema } from 'typebox';
import { uuidInAnyCase } from '../uuid.ts';
import type { Route } from './contract.ts';

/** A parameter of a path that is an id of ours: taken in any case, and read in lower case. */
export const uuidParam = (
  description: string,
  schema: TSchema = Type.String({ format: 'uuid' }),
): Route['params'][string] => ({ pattern: uuidInAnyCase, caseless: true, schema, description });
