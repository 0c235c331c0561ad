import Type, { type TSchema } from 'typebox';
import type { Context } from '../../customer/context.ts';
import {
  type RetentionChange,
  type RetentionKind,
  retentionKinds,
  rulesAfter,
  type SettableKind,
  settableKinds,
} from '../../customer/retention.ts';
import { Refusal } from '../../errors.ts';
import { validator } from '../../schema/validate.ts';
import type { Call, Route } from '../contract.ts';
import { problemSchema } from './errors.ts';
import { jsonReply } from './reply.ts';

const days = (minimum: number) =>
  Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    minimum,
    maximum: 36_500,
    description: 'Days; null is for ever.',
  });
const shownDays = days(0);

const rulesSchema = Type.Object(
  {
    rules: Type.Object(
      Object.fromEntries(
        settableKinds.map((kind): [string, TSchema] => [
          kind,
          Type.Optional({ ...days(1), title: retentionKinds[kind].meaning }),
        ]),
      ),
      { additionalProperties: false, description: 'A kind that is left out has its default.' },
    ),
  },
  { additionalProperties: false },
);

const shownSchema = Type.Object({
  rules: Type.Array(
    Type.Object({
      kind: Type.String(),
      days: shownDays,
      default: shownDays,
      settable: Type.Boolean(),
      meaning: Type.String(),
    }),
  ),
  changes: Type.Array(
    Type.Object({
      kind: Type.String(),
      days: shownDays,
      changedAt: Type.String({ format: 'date-time' }),
      principal: Type.String(),
      contract: Type.String(),
    }),
    { description: 'What was set, the newest first.' },
  ),
});

const place = { path: '/retention', params: {}, query: {}, headers: {}, bodyLimit: 'change' as const };
const replies: Route['replies'] = {
  200: { description: 'The rules as they stand', schema: shownSchema },
  400: { description: 'The request is not well-formed', schema: problemSchema },
};

/** The routes of the rules how long data is kept (GDPR Art. 5(1)(e)). */
export const retentionRoutes: Route[] = [
  {
    ...place,
    id: 'readRetention',
    method: 'GET',
    summary: 'How long each kind of data is kept, and who set it when',
    scopes: ['privacy:manage'],
    body: null,
    replies,
    async handle({ context }, { store }) {
      refuseBound(context);
      return jsonReply(200, shown(await store.retentionChanges(context.tenant)));
    },
  },
  {
    ...place,
    id: 'setRetention',
    method: 'PUT',
    summary: 'Say how long each kind of data is kept',
    scopes: ['privacy:manage'],
    body: { 'application/json': rulesSchema },
    replies: {
      ...replies,
      413: { description: 'The body is too large', schema: problemSchema },
      415: { description: 'The content type is not supported', schema: problemSchema },
      422: { description: 'A rule is not valid', schema: problemSchema },
    },
    async handle(call, { store }) {
      refuseBound(call.context);
      const { tenant, principal, contract } = call.context;
      const by = { principal: principal.name, contract };
      return jsonReply(200, shown(await store.setRetention(tenant, rulesIn(call), by)));
    },
  },
];

/** The rules hold for all of a tenant; a key that sees a part of it has no say in them. */
const refuseBound = ({ principal }: Context): void => {
  if (principal.customerId === null) return;
  const faults = [{ pointer: '', rule: 'bound', detail: 'the key is bound to a customer' }];
  throw new Refusal('forbidden', { faults });
};

const judge = validator(rulesSchema);

const rulesIn = ({ body }: Call): Record<SettableKind, number | null> => {
  const faults = judge(body);
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
  const { rules } = body as unknown as { rules: Partial<Record<SettableKind, number | null>> };
  return { ...rulesAfter([]), ...rules };
};

const shown = (changes: RetentionChange[]) => {
  const rules = rulesAfter(changes);
  return {
    rules: (Object.keys(retentionKinds) as RetentionKind[]).map((kind) => ({
      kind,
      days: rules[kind],
      default: retentionKinds[kind].days,
      settable: !('fixed' in retentionKinds[kind]),
      meaning: retentionKinds[kind].meaning,
    })),
    changes: changes.map(({ sequence: _sequence, changedAt, ...change }) => ({
      ...change,
      changedAt: changedAt.toISOString(),
    })),
  };
};
