import { resolve } from 'node:path';
import { bodyLimits } from './customer/record-limits.ts';
import { databaseUrl, oneOf, type ReadSetting, wholeNumber } from './setting-texts.ts';

/** One setting: how its text is read, its default, and what it means. The table is the documentation. */
interface Setting<T> {
  read: ReadSetting<T>;
  default: T;
  meaning: string;
}

const setting = <T>(read: ReadSetting<T>, byDefault: T, meaning: string): Setting<T> => ({
  read,
  default: byDefault,
  meaning,
});

/** Every setting of the service, by the name of its environment variable. */
export const settings = {
  PORT: setting(wholeNumber(0, 65_535), 8080, 'TCP port to listen on; 0 takes a free one'),
  HOST: setting((text) => text, '127.0.0.1', 'Address to listen on; 0.0.0.0 for all interfaces'),
  DATA_DIR: setting((text) => resolve(text), resolve('data'), 'Where the embedded database and its keys lie'),
  DATABASE_URL: setting<string | null>(
    databaseUrl,
    null,
    'A PostgreSQL server (15 or later) instead of the embedded one; may go through a pooler in transaction mode',
  ),
  MIGRATION_DATABASE_URL: setting<string | null>(
    databaseUrl,
    null,
    'The same database as its owner, past the pooler, for migrations; DATABASE_URL by default',
  ),
  KEY_FILE: setting<string | null>(
    (text) => resolve(text),
    null,
    'The file that holds the source keys, which wrap the keys of all tenants; keys/source.key in DATA_DIR by default',
  ),
  ERASURE_LEDGER: setting<string | null>(
    (text) => resolve(text),
    null,
    'The file that names every erased customer, for restores of older backups; erasures.ledger beside the key file by default',
  ),
  ERASURE_WINDOW_DAYS: setting(
    wholeNumber(0, 365),
    30,
    'How long an erasure that was asked for can be cancelled before it is carried out',
  ),
  SOURCE_KEY: setting<string | null>(
    (text) => text,
    null,
    'Source keys instead of the file: 32 bytes in base64 or hexadecimal each, separated by commas, the current one first',
  ),
  KEY_COMMAND: setting<string | null>(
    (text) => text,
    null,
    'A command that wraps and unwraps instead of the file, for a key management service (docs/keys.md)',
  ),
  KEY_COMMAND_TIMEOUT_MS: setting(
    wholeNumber(100, 600_000),
    10_000,
    'Longest time that KEY_COMMAND may take',
  ),
  SEALING: setting<'on' | 'off-for-a-benchmark'>(
    oneOf('on', 'off-for-a-benchmark'),
    'on',
    'Whether personal values are sealed; anything but on is for benchmarks, without any real customer',
  ),
  PREPARED_STATEMENTS: setting<'auto' | 'on' | 'off'>(
    oneOf('auto', 'on', 'off'),
    'auto',
    'Whether statements are prepared once a connection; auto: on the embedded database only, since a pooler breaks them',
  ),
  DATABASE_POOL_SIZE: setting(wholeNumber(2, 500), 10, 'Most connections to the database'),
  STATEMENT_TIMEOUT_MS: setting(wholeNumber(100, 600_000), 10_000, 'Longest time one statement may take'),
  LOG_LEVEL: setting(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Least severe level that is logged',
  ),
  BODY_LIMIT_BYTES: setting(wholeNumber(1024, 67_108_864), bodyLimits.maxBytes, 'Largest body of one change'),
  BATCH_LIMIT_BYTES: setting(wholeNumber(1024, 268_435_456), 16_777_216, 'Largest body of a batch'),
  LIST_SCAN_LIMIT: setting(
    wholeNumber(1, 10_000_000),
    50_000,
    'Most customers that a list looks at one by one, where no index answers its filters; one that would need more is refused',
  ),
  RATE_LIMIT_KEY_PER_SECOND: setting(
    wholeNumber(0, 1_000_000),
    1000,
    'Requests a second per API key; 0 for no limit',
  ),
  RATE_LIMIT_TENANT_PER_SECOND: setting(
    wholeNumber(0, 1_000_000),
    5000,
    'Requests a second per tenant; 0 for no limit',
  ),
  RATE_LIMIT_ADDRESS_PER_MINUTE: setting(
    wholeNumber(0, 1_000_000),
    600,
    'Requests a minute from one address to routes that need no key (logins), and keys from it that are refused; 0 for no limit',
  ),
  REVIO_RATE_LIMIT_PER_MINUTE: setting(
    wholeNumber(0, 1_000_000_000),
    500,
    'Requests a minute per tenant through the Rev.io contract; 0 for no limit',
  ),
  REVIO_RATE_LIMIT_PER_DAY: setting(
    wholeNumber(0, 1_000_000_000),
    150_000,
    'Requests a day per tenant through the Rev.io contract; 0 for no limit',
  ),
  SERVITLY_RATE_LIMIT_TENANT_PER_HOUR: setting(
    wholeNumber(0, 1_000_000_000),
    0,
    'Requests an hour per tenant through the Servitly contract; 0 for no limit',
  ),
  SERVITLY_RATE_LIMIT_KEY_PER_HOUR: setting(
    wholeNumber(0, 1_000_000_000),
    100,
    'Requests an hour per API key bound to a customer through the Servitly contract; 0 for no limit',
  ),
  SERVITLY_RATE_LIMIT_KEY_PER_MONTH: setting(
    wholeNumber(0, 1_000_000_000),
    10_000,
    'Requests in 30 days per API key through the Servitly contract; 0 for no limit',
  ),
  SEAMLESSOS_RATE_LIMIT_KEY_PER_MINUTE: setting(
    wholeNumber(0, 1_000_000_000),
    0,
    'Requests a minute per API key through the SeamlessOS contract; 0 for no limit but that of every contract',
  ),
  WEBHOOK_ADDRESSES: setting<'public' | 'any'>(
    oneOf('public', 'any'),
    'public',
    'Where webhooks may go; any: also to private and loopback addresses, and by plain HTTP to loopback ones',
  ),
  WEBHOOK_TIMEOUT_MS: setting(wholeNumber(100, 60_000), 10_000, 'Longest time a webhook may take to answer'),
  WEBHOOK_GIVE_UP_HOURS: setting(
    wholeNumber(1, 720),
    72,
    'How long an event is tried; a webhook that takes nothing for so long ends',
  ),
  SWEEP_MS: setting(
    wholeNumber(10, 60_000),
    1000,
    'How often each tenant is looked at for events to tell; for due erasures and accepted changes, half as often',
  ),
  CHECKPOINT_SECONDS: setting(
    wholeNumber(1, 86_400),
    300,
    'How often it is signed where the histories end, if anything changed (docs/history.md)',
  ),
  SHUTDOWN_TIMEOUT_MS: setting(
    wholeNumber(100, 600_000),
    15_000,
    'Longest wait for what is in flight at a stop',
  ),
} as const;
