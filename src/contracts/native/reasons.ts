import Type, { type TObject, type TProperties } from 'typebox';
import { longestReason } from '../../customer/context.ts';
import { Refusal } from '../../errors.ts';
import { invalidHeader } from '../../headers/invalid-header.ts';
import type { Json } from '../../schema/json.ts';
import { validator } from '../../schema/validate.ts';
import type { Call } from '../contract.ts';

/** A body that says why, and what more it may say. */
export const reasonedSchema = <Members extends TProperties>(description: string, members: Members) =>
  Type.Object(
    { reason: Type.String({ pattern: '\\S', maxLength: longestReason, description }), ...members },
    { additionalProperties: false },
  );

/** Reads such a body. Throws Refusal `validation-failed`. */
export const bodyReader = <Body>(schema: TObject): ((body: Json | undefined) => Body) => {
  const judge = validator(schema);
  return (body) => {
    const faults = judge(body);
    if (faults.length > 0) throw new Refusal('validation-failed', { faults });
    return body as Body;
  };
};

/** The reason of a call without a body. Throws Refusal `invalid-header` where there is none. */
export const reasonOf = ({ context }: Call): string => {
  if (context.reason !== null) return context.reason;
  throw invalidHeader('Customary-Reason', 'required', 'must say why');
};
