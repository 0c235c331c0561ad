import { Refusal } from '../errors.ts';

/**
 * The refusal of a request header: 400 `invalid-header` with one fault that names the header and the rule.
 * The header's value is left out of it, since a value may be personal or secret.
 */
export function invalidHeader(name: string, rule: string, detail: string): Refusal {
  return new Refusal('invalid-header', { detail, faults: [{ pointer: name, rule, detail }] });
}
