import Type from 'typebox';
import type { Route } from '../contract.ts';
import { jsonReply } from './reply.ts';
import { readReplies } from './schemas.ts';

const keySchema = Type.Object({
  kty: Type.Literal('OKP'),
  crv: Type.Literal('Ed25519'),
  x: Type.String({ description: 'The public key, base64url.' }),
  kid: Type.String({ description: 'Names the key: its thumbprint (RFC 7638).' }),
  use: Type.Literal('sig'),
  alg: Type.Literal('EdDSA'),
});

/** The public keys by which whoever was handed a certificate or a checkpoint judges its signature elsewhere. */
export const signingKeyRoute: Route = {
  id: 'readSigningKeys',
  method: 'GET',
  path: '/signing-keys',
  summary: 'The public keys of the tenant’s signatures, as a JSON Web Key Set (RFC 7517)',
  scopes: ['privacy:manage'],
  params: {},
  query: {},
  headers: {},
  body: null,
  bodyLimit: 'change',
  replies: {
    200: { description: 'The key set', schema: Type.Object({ keys: Type.Array(keySchema) }) },
    ...readReplies,
  },
  handle: async (call, door) =>
    jsonReply(200, { keys: [(await door.store.signingKey(call.context.tenant)).publicJwk] }),
};
