/** One parameter, taken apart. */
export interface Term {
  member: string;
  /** Null for exact match. */
  lookup: string | null;
  negated: boolean;
  text: string;
}
