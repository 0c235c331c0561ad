import { digestOf, matchesHash, parseApiKey } from './api-key.ts';
import type { Principal, Tenant } from './principal.ts';
import { isGenuine, readSessionToken, type SessionName } from './session-token.ts';

/** What a request shows of its caller: a session token, or an API key. */
export type Shown = ShownKey | { token: string };

/** The secret of an API key, and what else has to belong to the key. */
interface ShownKey {
  secret: string;
  /** The id that the key must have. */
  keyId?: string;
  /** The name that the key's tenant must have. */
  tenant?: string;
}

/** A key that was shown and is live: whose it is and what it may do. */
export interface Credential {
  keyId: string;
  tenant: Tenant;
  principal: Principal;
  /** The only contract it may be used with, if it is bound to one. */
  contract: string | null;
}

/** What storage knows of a live key: neither revoked nor expired. */
export interface StoredKey extends Credential {
  hash: Buffer;
}

/**
 * Judges what is shown. Undefined unless it is the secret of a live key and everything beside it belongs to that key, or
 * the token of a session that is not over. Storage is asked of a stranger through `ofStranger`; throws what that throws.
 */
export interface Credentials {
  check(shown: Shown, ofStranger?: Asking): Promise<Credential | undefined>;
}

/** Asks a question, or throws where that is too much. A stranger is a key or token that was not good when last asked of. */
export type Asking = <T>(question: () => Promise<T | undefined>) => Promise<T | undefined>;

/** How storage tells of keys, and of keys whose session is not over. */
export interface KeyReader {
  key(tenantId: string, keyId: string): Promise<StoredKey | undefined>;
  session(name: SessionName): Promise<(StoredKey & { now: Date }) | undefined>;
}

/**
 * Makes the judge. What storage said of a key is believed for `trustMs`, so that a revocation takes effect within
 * that time; concurrent questions for one key are asked once.
 */
export const createCredentials = (
  read: KeyReader,
  now: () => number = () => performance.now(),
): Credentials => {
  // Apart, since anyone can show any number of others: they never push out what is good.
  const good: Answers = new Map();
  const others: Answers = new Map();
  const believed = (name: string, judge: Judge, ofStranger: Asking): Promise<Credential | undefined> => {
    const known = good.get(name);
    const last = known ?? others.get(name);
    if (last && last.until > now()) return last.key;
    const from = known ? good : others;
    const answer = { until: now() + trustMs, key: judge(known ? freely : ofStranger) };
    keep(from, name, answer);
    const settle = (credential: Credential | undefined): void => {
      const to = credential ? good : others;
      if (to === from || from.get(name) !== answer) return;
      from.delete(name);
      keep(to, name, answer);
    };
    answer.key.then(settle, () => {
      answer.until = 0;
    });
    return answer.key;
  };
  return {
    check(shown, ofStranger = freely) {
      if ('token' in shown) {
        const { token } = shown;
        return believed(`token ${digestOf(token)}`, (ask) => judgeToken(read, token, ask), ofStranger);
      }
      const { secret } = shown;
      const key = believed(digestOf(secret), (ask) => judgeKey(read, secret, ask), ofStranger);
      const alone = shown.keyId === undefined && shown.tenant === undefined;
      return alone ? key : key.then((one) => (one && belongs(one, shown) ? one : undefined));
    },
  };
};

type Judge = (ask: Asking) => Promise<Credential | undefined>;

interface Answer {
  /** Until when it is believed; it is remembered for longer. */
  until: number;
  key: Promise<Credential | undefined>;
}

/** Named by the hash of the secret: looking it up tells an attacker nothing of any secret by its time. */
type Answers = Map<string, Answer>;

/** Keeps an answer; where there are many, in place of the oldest. */
const keep = (answers: Answers, name: string, answer: Answer): void => {
  answers.delete(name);
  const [oldest] = answers.size < mostKept ? [] : answers.keys();
  if (oldest !== undefined) answers.delete(oldest);
  answers.set(name, answer);
};

const freely: Asking = (question) => question();

const judgeKey = async (read: KeyReader, secret: string, ask: Asking): Promise<Credential | undefined> => {
  const name = parseApiKey(secret);
  if (!name) return undefined;
  return ask(async () => {
    const key = await read.key(name.tenantId, name.keyId);
    return key && matchesHash(secret, key.hash) ? key : undefined;
  });
};

const judgeToken = async (read: KeyReader, token: string, ask: Asking): Promise<Credential | undefined> => {
  const name = readSessionToken(token);
  if (!name) return undefined;
  return ask(async () => {
    const key = await read.session(name);
    return key && (await isGenuine(token, key.tenant.secret, key.now)) ? key : undefined;
  });
};

/** Judged after the secret was right, so its time tells nothing to anyone who lacks the secret. */
const belongs = (key: Credential, { keyId = key.keyId, tenant = key.tenant.name }: ShownKey): boolean =>
  key.keyId === keyId && key.tenant.name === tenant;

const trustMs = 500;
const mostKept = 10_000;
