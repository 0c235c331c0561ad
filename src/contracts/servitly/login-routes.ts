import Type, { type Static, type TSchema } from 'typebox';
import type { Lifetime, NewSession } from '../../access/sessions.ts';
import type { Reply } from '../../customer/operation.ts';
import { Refusal } from '../../errors.ts';
import { validator } from '../../schema/validate.ts';
import type { Call, Route } from '../contract.ts';
import { bearerToken, challenge } from './bearer.ts';
import { errorSchema } from './errors.ts';
import { noContent, reply } from './reply.ts';
import { badRequest, tenantHeaders } from './schemas.ts';
import { checkTenant, tenantNamed } from './tenant-header.ts';

/** The calls that open, renew and end a login, by the vendor's pages "User login (PAT)" and "Renew JWT token". */
export const loginRoutes = (contract: string): Route[] => [loginRoute(contract), renewRoute, logoutRoute];

const lifetime: Lifetime = { tokenSeconds: 15 * 60, refreshSeconds: 30 * 24 * 3600 };

const loginBody = Type.Object({
  apiKey: Type.String({ description: 'The id of an API key, `key_…`.' }),
  pat: Type.String({ description: 'The secret of that key, `cus_…`.' }),
});

const renewBody = Type.Object({
  refreshToken: Type.String({ description: 'The refresh token of the login; good once.' }),
  userId: Type.String({ description: 'The `userId` of the login.' }),
  tenantId: Type.String({ description: 'The `tenantId` of the login.' }),
});

const sessionSchema = Type.Object({
  token: Type.String({ description: 'The JWT to be sent as bearer token.' }),
  tokenExpirationTimestamp: Type.Integer({
    format: 'int64',
    description: 'When the JWT ends, in milliseconds since 1970.',
  }),
  refreshToken: Type.String({ description: 'Opens the next session once the JWT has expired.' }),
  userId: Type.String({ description: 'The id of the API key, which is who calls.' }),
  tenantId: Type.String({ description: 'The id of the tenant.' }),
});

const common = { scopes: [], params: {}, query: {}, headers: tenantHeaders, bodyLimit: 'change' } as const;
const replies: Route['replies'] = {
  200: { description: 'Logged in', schema: sessionSchema },
  ...badRequest,
  413: { description: 'The body is too large', schema: errorSchema },
  415: { description: 'The content type is not supported', schema: errorSchema },
};

const loginRoute = (contract: string): Route => ({
  ...common,
  id: 'patLogin',
  method: 'POST',
  path: '/identity/users/patLogin',
  summary: 'Log in with an API key',
  public: true,
  body: { 'application/json': loginBody },
  replies,
  async handle(call) {
    const tenant = tenantNamed(call.header);
    const { apiKey: keyId, pat: secret } = bodyOf(call, isLogin);
    const session = await call.sessions.open({ keyId, secret, tenant }, contract, lifetime);
    if (!session) throw unauthenticated();
    return sessionReply(session);
  },
});

const renewRoute: Route = {
  ...common,
  id: 'renewToken',
  method: 'POST',
  path: '/identity/users/me/renewToken',
  summary: 'Renew an expired login',
  public: true,
  body: { 'application/json': renewBody },
  replies,
  handle: renew,
};

const logoutRoute: Route = {
  ...common,
  id: 'logout',
  method: 'POST',
  path: '/identity/users/me/logout',
  summary: 'Log out: the token and what could be renewed of it end',
  body: null,
  replies: { 204: { description: 'Logged out' }, ...badRequest },
  async handle({ header, sessions }) {
    await sessions.revoke(bearerToken(header) ?? '');
    return noContent();
  },
};

/** A refresh token that is shown for another user or tenant than its own is not in its owner's hands: it ends. */
async function renew(call: Call): Promise<Reply> {
  tenantNamed(call.header);
  const { refreshToken, userId, tenantId } = bodyOf(call, isRenewal);
  const renewal = await call.sessions.renew(refreshToken, lifetime, { onceExpired: true });
  if (renewal.kind === 'early') throw early();
  if (renewal.kind === 'invalid') throw unauthenticated();
  const { session } = renewal;
  const credential = await call.sessions.verify(session.token);
  try {
    const isOwn = session.keyId === userId && session.tenantId === tenantId;
    if (!credential || !isOwn) throw unauthenticated();
    checkTenant(credential.tenant, call.header);
  } catch (refusal) {
    await call.sessions.revoke(session.token);
    throw refusal;
  }
  return sessionReply(session);
}

const sessionReply = ({ token, expiresAt, refreshToken = '', keyId, tenantId }: NewSession): Reply =>
  reply(200, {
    token,
    tokenExpirationTimestamp: expiresAt.getTime(),
    refreshToken,
    userId: keyId,
    tenantId,
  });

const bodyOf = <S extends TSchema>(
  { body }: Call,
  [validate]: readonly [ReturnType<typeof validator>, S],
) => {
  const faults = validate(body);
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  return body as Static<S>;
};

const isLogin = [validator(loginBody), loginBody] as const;
const isRenewal = [validator(renewBody), renewBody] as const;

const unauthenticated = (): Refusal =>
  new Refusal('unauthenticated', { headers: { 'www-authenticate': challenge } });

const early = (): Refusal =>
  new Refusal('validation-failed', {
    faults: [{ pointer: '/refreshToken', rule: 'early', detail: 'is good once the token has expired' }],
  });
