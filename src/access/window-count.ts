/** Requests that one process let through for one caller in one window, to be added to those of the others. */
export interface WindowCount {
  /** The id of the contract, a dot and the name of its policy. */
  policy: string;
  /** The id of the key; nothing where the whole tenant is counted together. */
  caller: string;
  endsAt: Date;
  count: number;
}
