import { fingerprintOf, keyDigestOf } from '../customer/idempotency.ts';
import type { Command } from '../customer/operation.ts';
import { readIdempotencyKey, readOpaqueKey } from '../headers/idempotency-key.ts';
import { canonicalJson } from '../schema/canonical.ts';
import type { Call, Contract } from './contract.ts';

/** The key that makes a retry safe, read as the contract has it; undefined when there is none. Throws `invalid-header`. */
const idempotencyKey = ({ idempotency }: Contract, call: Call): string | undefined =>
  idempotency === undefined
    ? readIdempotencyKey(call.headerValues('idempotency-key'))
    : readOpaqueKey(call.headerValues(idempotency.header.toLowerCase()), idempotency);

/** Under what the answer to a call is kept; null for a call without a key. Throws `invalid-header`. */
export const idempotencyOf = (contract: Contract, call: Call): Command['idempotency'] => {
  const key = idempotencyKey(contract, call);
  return key === undefined
    ? null
    : {
        keyDigest: keyDigestOf(call.context.principal, contract.id, key),
        fingerprint: fingerprint(contract, call),
      };
};

/** What makes two requests of a contract the same, and of the same caller. */
export const fingerprint = (contract: Contract, call: Call): Buffer =>
  fingerprintOf(call.context.principal, contract.idempotency?.exact ? exactParts(call) : parts(call));

/** By meaning: the order of members and white space make no difference (RFC 8785). */
const parts = (call: Call): (string | Buffer)[] => [
  call.route.method,
  call.route.id,
  canonicalJson(call.params),
  canonicalJson(call.query),
  call.contentType,
  call.body === undefined ? '' : canonicalJson(call.body),
];

/** Byte by byte, with the headers that steer a change. */
const exactParts = (call: Call): (string | Buffer)[] => [
  call.route.method,
  call.url,
  ...steering.flatMap((name) => {
    const values = call.headerValues(name);
    return [String(values.length), ...values];
  }),
  call.rawBody,
];

const steering = ['content-type', 'if-match', 'prefer', 'customary-reason'];
