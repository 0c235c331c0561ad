import { invalidHeader } from './invalid-header.ts';

/**
 * What a conditional request asks for: nothing, any version at all (`*`), or one of some versions.
 * An empty list of versions is a condition that no version meets.
 */
export type Precondition = { kind: 'none' } | { kind: 'any' } | { kind: 'versions'; versions: number[] };

/** The strong entity tag of a version of a record, such as `"7"` (RFC 9110 section 8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Reads `If-Match` (RFC 9110 section 13.1.1) by strong comparison: weak tags and tags that were never ours
 * match nothing, and the header still is a condition. Throws the refusal `invalid-header` when malformed.
 */
export function readIfMatch(value: string | undefined): Precondition {
  return readCondition('If-Match', value, (tag) => !tag.weak);
}

/**
 * Reads `If-None-Match` (RFC 9110 section 13.1.2) by weak comparison: `W/"7"` stands for version 7, as
 * proxies weaken tags when they compress. Throws the refusal `invalid-header` when malformed.
 */
export function readIfNoneMatch(value: string | undefined): Precondition {
  return readCondition('If-None-Match', value, () => true);
}

interface Tag {
  weak: boolean;
  text: string;
}

function readCondition(name: string, value: string | undefined, counts: (tag: Tag) => boolean): Precondition {
  if (value === undefined) return { kind: 'none' };
  if (value.trim() === '*') return { kind: 'any' };
  const tags = readTags(value);
  if (!tags)
    throw invalidHeader(name, 'format', `${name} must be * or a list of quoted entity tags, such as "7".`);
  const versions = tags.filter(counts).map((tag) => versionOf(tag.text));
  return { kind: 'versions', versions: versions.filter((version) => version !== undefined) };
}

/** All tags of a list, or undefined when it is malformed or has none. A comma may stand inside a tag. */
function readTags(value: string): Tag[] | undefined {
  const tags: Tag[] = [];
  const separator = /[ \t,]*/y;
  const tag = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
  for (let position = 0; ; position = tag.lastIndex) {
    separator.lastIndex = position;
    const between = separator.exec(value)?.[0] ?? '';
    if (separator.lastIndex === value.length) return tags.length > 0 ? tags : undefined;
    if (tags.length > 0 && !between.includes(',')) return undefined;
    tag.lastIndex = separator.lastIndex;
    const [found, weak, text = ''] = tag.exec(value) ?? [];
    if (found === undefined) return undefined;
    tags.push({ weak: weak !== undefined, text });
  }
}

/** The version that a tag names, or undefined when we never write such a tag. */
function versionOf(text: string): number | undefined {
  const version = Number(text);
  return /^[1-9]\d*$/.test(text) && Number.isSafeInteger(version) ? version : undefined;
}
