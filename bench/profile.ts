import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The functions that took most of the time themselves, out of the newest CPU profile in a directory. Its first half
 * is left out, in which the program starts and its code is compiled.
 */
export const topFunctions = (directory: string, most: number): string[] => {
  const newest = readdirSync(directory)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => ({ name, profile: JSON.parse(readFileSync(join(directory, name), 'utf8')) as Profile }))
    .toSorted((a, b) => b.profile.endTime - a.profile.endTime)[0];
  if (!newest) return [];
  const { nodes, samples, timeDeltas } = newest.profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = frames.get(id) ?? '';
    if (name !== '(idle)' && index > samples.length / 2)
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  });
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, time]) => `${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
};

interface Profile {
  endTime: number;
  nodes: { id: number; callFrame: CallFrame }[];
  samples: number[];
  timeDeltas: number[];
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

const nameOf = ({ functionName, url, lineNumber }: CallFrame): string => {
  const file = url.replace(/^.*\/(node_modules|src|bench)\//, '$1/').replace(/\?.*$/, '');
  return `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`;
};
