import type { Command } from 'commander';

type Add = (program: Command) => void;

/**
 * What adds each command to the program, by the command's name, in the order of the help. Each is loaded by itself:
 * most of the program is needed by few of them, and loading it takes longer than what a command does.
 */
export const commands: Readonly<Record<string, () => Promise<Add>>> = {
  serve: async () => (await import('./serve.ts')).addServe,
  migrate: async () => (await import('./migrate.ts')).addMigrate,
  backup: async () => (await import('./backup.ts')).addBackup,
  restore: async () => (await import('./restore.ts')).addRestore,
  tenant: async () => (await import('./tenant.ts')).addTenant,
  key: async () => (await import('./key.ts')).addKey,
  keys: async () => (await import('./keys.ts')).addKeys,
  token: async () => (await import('./token.ts')).addToken,
  customer: async () => (await import('./customer.ts')).addCustomer,
  explain: async () => (await import('./explain.ts')).addExplain,
  webhook: async () => (await import('./webhook.ts')).addWebhook,
  privacy: async () => (await import('./privacy.ts')).addPrivacy,
  verify: async () => (await import('./verify.ts')).addVerify,
  retention: async () => (await import('./retention.ts')).addRetention,
  certificate: async () => (await import('./certificate.ts')).addCertificate,
  config: async () => (await import('./config.ts')).addConfig,
};
