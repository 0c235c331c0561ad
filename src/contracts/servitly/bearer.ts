import type { Header } from '../contract.ts';

/** The value of `WWW-Authenticate` beside a 401 (RFC 6750 section 3). */
export const challenge = 'Bearer realm="Servitly"';

/**
 * The bearer token of a request (RFC 6750 section 2.1): empty where something else was sent, undefined where nothing
 * was.
 */
export const bearerToken = (header: Header): string | undefined => {
  const authorization = header('authorization');
  if (!authorization) return undefined;
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  return token;
};
