import { type Compiled, pointerOf, type Scope } from './compiled.ts';
import { parsePath, putAt, valueAt } from './path.ts';
import type { ConstantRule } from './rule.ts';
import { wireMember } from './wire-member.ts';

/** Makes a constant ready: it is shown and never read. */
export const compileConstant = (rule: ConstantRule, scope: Scope): Compiled => {
  const wire = parsePath(rule.wire);
  wireMember(scope, wire);
  return {
    places: [{ wire: rule.wire, canonical: undefined, kind: 'constant', readOnly: true }],
    write: (_record, document) => putAt(document, wire, rule.value),
    pointerOf: () => undefined,
    rows({ document, at }) {
      const wireValue = valueAt(document, wire);
      return wireValue === undefined
        ? []
        : [{ wire: at + pointerOf(wire), wireValue, note: 'always the same' }];
    },
  };
};
