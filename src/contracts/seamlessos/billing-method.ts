import { type CustomRule, custom } from '../../mapping/rule.ts';
import type { Json } from '../../schema/json.ts';

/**
 * How a customer gets invoices. Whoever gets them by e-mail and on paper gets them by e-mail here; that there is no
 * invoice at all SeamlessOS cannot say, so nothing is said, and it stays.
 */
export const billingMethod = (): CustomRule =>
  custom({
    wire: ['billing.method'],
    canonical: ['billing.method'],
    write(record) {
      const billing = record['billing'] as { method?: Json } | null | undefined;
      return { 'billing.method': wordOf.get(billing?.method ?? null) };
    },
    read: ({ 'billing.method': word }) => ({
      'billing.method': typeof word === 'string' ? methodOf.get(word) : word,
    }),
  });

const pairs: [method: Json, word: Json][] = [
  ['email', 'EMAIL_INVOICE'],
  ['paper', 'PAPER_INVOICE'],
  ['eInvoice', 'E_INVOICE'],
];
const methodOf = new Map(pairs.map(([method, word]) => [word, method]));
const wordOf = new Map<Json, Json>([...pairs, ['emailAndPaper', 'EMAIL_INVOICE']]);
