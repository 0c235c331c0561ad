import type { Mapping } from '../../src/mapping/define-mapping.ts';
import { below } from '../../src/privacy/personal-members.ts';
import { isObject, type Json, type JsonObject } from '../../src/schema/json.ts';

interface Node {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, Node>;
  items?: Node;
  readOnly?: boolean;
}

/** The dotted paths of the free texts that no other contract has, items of lists left out. */
export const ownTexts = (mapping: Mapping): string[] => {
  const isOwn = ownBy(mapping);
  return textsIn(mapping.wire as unknown as Node, '').filter(isOwn);
};

/** The document with `mark` in each of those that it says. */
export const withOwnTexts = (mapping: Mapping, document: JsonObject, mark: string): JsonObject => {
  const isOwn = ownBy(mapping);
  const marked = (node: Node, value: Json, at: string): Json => {
    if (Array.isArray(value)) return value.map((item) => marked(node.items ?? {}, item, at));
    if (isObject(value)) {
      const members = Object.entries(value).map(([name, inner]) => [
        name,
        marked(node.properties?.[name] ?? {}, inner, below(at, name)),
      ]);
      return Object.fromEntries(members) as JsonObject;
    }
    return typeof value === 'string' && isFree(node) && isOwn(at) ? mark : value;
  };
  return marked(mapping.wire as unknown as Node, document, '') as JsonObject;
};

const ownBy = (mapping: Mapping): ((path: string) => boolean) => {
  const own = mapping
    .places()
    .filter(({ canonical, readOnly }) => !readOnly && canonical?.startsWith(`extensions.${mapping.contract}`))
    .map(({ wire }) => wire);
  return (path) => own.some((one) => path === one || path.startsWith(`${one}.`));
};

const textsIn = (node: Node, at: string): string[] => {
  if (node.readOnly) return [];
  if (node.items) return textsIn(node.items, at);
  if (!node.properties) return isFree(node) ? [at] : [];
  return Object.entries(node.properties).flatMap(([name, inner]) => textsIn(inner, below(at, name)));
};

/** Whether any text may stand there. */
const isFree = ({ type, ...rest }: Node): boolean =>
  [type].flat().includes('string') && !('enum' in rest || 'format' in rest) && !isForm(rest['pattern']);

/** A pattern that allows no letters of the caller's choice. */
const isForm = (pattern: unknown): boolean => typeof pattern === 'string' && !pattern.includes('\\s\\S');
