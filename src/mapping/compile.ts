import type { Compiled, Scope } from './compiled.ts';
import { compileConstant } from './constant-rule.ts';
import { compileCustom } from './custom-rule.ts';
import { compileEntries } from './entries-rule.ts';
import { compileField } from './field-rule.ts';
import { compileList } from './list-rule.ts';
import type { Rule } from './rule.ts';

/** Makes the rules of a document, or of the items of a list, ready. Throws where the wire schema has no such member. */
export const compileRules = (rules: readonly Rule[], scope: Scope): Compiled[] =>
  rules.map((rule) => compileRule(rule, scope));

const compileRule = (rule: Rule, scope: Scope): Compiled => {
  switch (rule.kind) {
    case 'field':
    case 'own':
      return compileField(rule, scope);
    case 'list':
      return compileList(rule, scope, compileRules);
    case 'constant':
      return compileConstant(rule, scope);
    case 'entries':
      return compileEntries(rule, scope);
    case 'custom':
      return compileCustom(rule, scope);
  }
};
