/**
 * How long each kind of data is kept unless the tenant says otherwise (GDPR Art. 5(1)(e)): days, or null for ever. What
 * is `fixed` is shown for completeness. `meaning` says what happens then.
 */
export const retentionKinds = {
  deletedCustomers: {
    days: null,
    meaning: 'Days after its deletion until a customer is scheduled for erasure.',
  },
  closedCustomers: {
    days: null,
    meaning: 'Days after its last change until a customer whose status is closed is scheduled for erasure.',
  },
  requests: {
    days: 30,
    meaning: 'Days after its end until a change that was accepted to be made later is removed.',
  },
  accessLog: {
    days: 730,
    meaning: 'Days until an entry of the log of accesses to protected records is removed.',
  },
  idempotencyReplies: {
    days: 1,
    fixed: true,
    meaning: 'Days that the reply of an idempotency key is kept, as the contracts promise.',
  },
  sessions: {
    days: 0,
    fixed: true,
    meaning: 'A session is removed once none of its tokens is good any more.',
  },
  webhookDeliveries: {
    days: 0,
    fixed: true,
    meaning: 'What a webhook is to be told is removed once it was told, or given up (WEBHOOK_GIVE_UP_HOURS).',
  },
} as const satisfies Record<string, { days: number | null; fixed?: true; meaning: string }>;

/** Who schedules and cancels erasures by the rules, and through what. */
export const byRetention = { principal: 'retention', contract: 'service' } as const;

/** Names a kind of data that is kept for a time. */
export type RetentionKind = keyof typeof retentionKinds;

/** The kinds whose time a tenant may set. */
export type SettableKind = {
  [K in RetentionKind]: (typeof retentionKinds)[K] extends { fixed: true } ? never : K;
}[RetentionKind];

/** The kinds whose time a tenant may set, in their order. */
export const settableKinds = (Object.keys(retentionKinds) as RetentionKind[]).filter(
  (kind): kind is SettableKind => !('fixed' in retentionKinds[kind]),
);

/** A tenant's rules: days by kind, null for ever. */
export type RetentionRules = Record<RetentionKind, number | null>;

/** One change of a rule: what it became, when, by whom and through which contract. */
export interface RetentionChange {
  kind: SettableKind;
  sequence: number;
  days: number | null;
  changedAt: Date;
  principal: string;
  contract: string;
}

/** The rules that hold after these changes, which are in no particular order. */
export const rulesAfter = (changes: readonly RetentionChange[]): RetentionRules => {
  const rules = Object.fromEntries(
    Object.entries(retentionKinds).map(([kind, { days }]) => [kind, days]),
  ) as RetentionRules;
  for (const { kind, days } of changes.toSorted((a, b) => a.sequence - b.sequence)) {
    // A kind of a later release is none of this one's.
    if (settableKinds.includes(kind)) rules[kind] = days;
  }
  return rules;
};
