import { totalmem } from 'node:os';

/**
 * The server settings of the embedded PostgreSQL, passed as `-c name=value`, so that neither `postgresql.conf` nor
 * `ALTER SYSTEM` can weaken them. They fit one small service that shares its machine with the database.
 */
export const serverSettings = {
  // The socket lies in a directory of mode 0700; nothing listens on the network.
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  password_encryption: 'scram-sha-256',

  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // The packaged binaries are built without lz4 and zstd.
  wal_compression: 'pglz',

  shared_buffers: `${bufferMegabytes()}MB`,
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  jit: 'off',
  idle_in_transaction_session_timeout: '60s',
  timezone: 'UTC',
  lc_messages: 'C',

  // No personal value may reach the log: no statements, parameters or details; `log.ts` drops what is left.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '%p %b %e ',
} as const satisfies Record<string, string>;

/** The `-c name=value` arguments of `settings`. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * A sixteenth of the memory that there is, from 128 MB to 1 GB: what lies there need not be asked of the system page by
 * page. A container's limit counts, where there is one.
 */
function bufferMegabytes(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.min(1024, Math.max(128, Math.floor(bytes / 16 / 2 ** 20)));
}
