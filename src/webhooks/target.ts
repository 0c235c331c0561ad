import { OperatorError } from '../errors.ts';
import { type AddressPolicy, literalAddress, mayConnect } from './address.ts';

/**
 * The URL of a webhook, normalised, if messages may ever go there; throws OperatorError with a sentence. What its host's
 * name stands for is judged at every attempt.
 */
export const readTarget = (text: string, policy: AddressPolicy): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol) || text.length > mostCharacters) {
    throw new OperatorError(
      `The URL of a webhook is like https://example.org/path, with at most ${mostCharacters} characters.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new OperatorError('The URL of a webhook has no user name and no password in it.');
  }
  const address = literalAddress(url) ?? (isLocalName(url.hostname) ? '127.0.0.1' : undefined);
  if (url.protocol === 'http:' && (address === undefined || !mayConnect(url, address, 'any'))) {
    throw new OperatorError('A webhook goes over https; plain http goes to the loopback address alone.');
  }
  if (address !== undefined && !mayConnect(url, address, policy)) {
    throw new OperatorError(
      'A webhook goes to public addresses alone. WEBHOOK_ADDRESSES=any allows private and loopback ones as well.',
    );
  }
  url.hash = '';
  return url.href;
};

const mostCharacters = 2000;

/** Names that stand for this machine (RFC 6761). */
const isLocalName = (host: string): boolean => /^(.+\.)?localhost\.?$/.test(host);
