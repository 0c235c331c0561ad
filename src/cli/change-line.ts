import type { JsonObject } from '../schema/json.ts';
import { cell } from './output.ts';

/** One change on one line: where, what was there and what is there now. */
export const changeLine = ({ path, before, after }: JsonObject): string =>
  `  ${cell(path)}: ${cell(before)} → ${cell(after)}`;
