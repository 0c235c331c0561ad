/**
 * A stored record that can't be opened: its bytes, its key or its place are not what the service wrote. It names the
 * customer, so that the log says whose it is; ids tell nothing personal.
 */
export class UnreadableRecord extends Error {
  readonly tenantId: string;
  readonly customerId: string;

  constructor(tenantId: string, customerId: string, cause: unknown) {
    super('A stored record cannot be opened', { cause });
    this.name = 'UnreadableRecord';
    this.tenantId = tenantId;
    this.customerId = customerId;
  }
}
