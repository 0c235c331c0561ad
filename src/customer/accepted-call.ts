import type { Scope } from '../access/scopes.ts';
import type { Json } from '../schema/json.ts';

/** A call that was accepted to be carried out later: enough to make it again as if it came now. */
export interface AcceptedCall {
  route: string;
  /** Path and query as they were sent. */
  url?: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  contentType: string;
  body: Json;
  hasBody: boolean;
  principal: { name: string; scopes: Scope[]; customerId: string | null };
  reason: string | null;
  requestId: string;
}
