import type { KeyObject } from 'node:crypto';

/** Where the key comes from that wraps the tenants' keys. It knows nothing of tenants but the place it binds a key to. */
export interface KeySource {
  /** Wraps a tenant key, and names the source's key that did it. */
  wrap(key: KeyObject, purpose: string): Promise<SourceWrapped>;
  /** Unwraps it. Throws OperatorError when the source does not hold the key that is named, or refuses. */
  unwrap(wrapped: SourceWrapped, purpose: string): Promise<KeyObject>;
  /** Whether a key that lies so would be wrapped alike now: false once the source has a newer key. */
  isCurrent(wrapped: SourceWrapped): Promise<boolean>;
}

/** A key as its source wrapped it. */
interface SourceWrapped {
  /** The source's key. It says nothing of the key itself. */
  source: string;
  wrapped: Buffer;
}
