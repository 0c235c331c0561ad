import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { OperatorError } from '../errors.ts';
import { certificateType } from '../jobs/carry-out-erasure.ts';
import { type PublicJwk, verifyJws } from '../privacy/signing-key.ts';
import type { JsonObject } from '../schema/json.ts';
import { signingKeyOf } from '../storage/signing-keys.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { namedTenant } from './named-tenant.ts';
import { type OutputOptions, outline, print, withJson } from './output.ts';
import { withSession } from './session.ts';

/** `customary certificate verify`. */
export const addCertificate = (program: Command): void => {
  const certificate = program.command('certificate').description('judge the certificates of erasures');
  withJson(certificate.command('verify'))
    .description('tell what a certificate says, if the tenant signed it')
    .argument('<file>', 'the certificate, or the answer that holds it; - for standard input')
    .option(
      '--keys <file>',
      'the tenant’s public keys (GET /v1/signing-keys); without, those of the database',
    )
    .action(verify);
};

const verify = async (file: string, options: OutputOptions & { keys?: string }): Promise<void> => {
  const jws = jwsIn(await contentOf(file));
  const keys = options.keys === undefined ? await keysOfTenant(jws) : await keysIn(options.keys);
  const said = verifyJws(jws, keys, certificateType);
  if (!said) throw invalid;
  print(options, { valid: true, ...said }, (result) => outline(result));
};

const invalid = new CommandFailure(
  exitCodes.failed,
  'This is no certificate that one of these keys signed: it was changed, or another tenant signed it.',
);

const contentOf = async (file: string): Promise<string> => {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(`The file ${file} cannot be read: ${error.code}.`);
  });
};

/** The certificate as it is, or within the answer of the service. */
const jwsIn = (content: string): string => {
  const answer = parsed(content);
  if (!answer) return content.trim();
  const { certificate, status } = answer;
  if (typeof certificate === 'string') return certificate;
  throw typeof status === 'string' ? notYet(status) : invalid;
};

const notYet = (status: string): CommandFailure =>
  new CommandFailure(
    exitCodes.failed,
    `There is no certificate yet: the erasure is ${status}. It is there once the erasure is completed.`,
  );

const keysIn = async (file: string): Promise<PublicJwk[]> => {
  const keys = parsed(await contentOf(file))?.['keys'];
  if (Array.isArray(keys)) return keys as unknown as PublicJwk[];
  throw new OperatorError(`The file ${file} holds no JSON Web Key Set.`);
};

/** The keys of the tenant that the certificate names; whether it is right is judged with them. */
const keysOfTenant = async (jws: string): Promise<PublicJwk[]> => {
  const tenantName = parsed(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())?.['tenant'];
  if (typeof tenantName !== 'string') throw invalid;
  return withSession(async ({ database }) => {
    const { id } = await namedTenant(database, tenantName);
    return [(await signingKeyOf(database, id)).publicJwk];
  });
};

const parsed = (content: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
};
