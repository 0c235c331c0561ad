import { readdirSync, readFileSync } from 'node:fs';

/** Who burns the processors: the service, PostgreSQL with all its backends, and the load generator. */
export interface Cores {
  service: number;
  postgres: number;
  load: number;
}

/** Measures how many processors each of three processes keeps busy, from now until `stop`. */
export const startMeter = (pids: { service: number; postgres: number; load: number }) => {
  const startedAt = performance.now();
  const before = { service: treeSeconds(pids.service), postgres: treeSeconds(pids.postgres) };
  // The load generator is gone when it has finished, so its time is read while it runs.
  let load = 0;
  const poll = setInterval(() => {
    load = Math.max(load, ownSeconds(pids.load));
  }, 100);
  return {
    stop: (): Cores => {
      clearInterval(poll);
      const seconds = (performance.now() - startedAt) / 1000;
      return {
        service: (treeSeconds(pids.service) - before.service) / seconds,
        postgres: (treeSeconds(pids.postgres) - before.postgres) / seconds,
        load: load / seconds,
      };
    },
  };
};

/** The resident memory of a process in MB (10^6 bytes): now, and the highest it ever had. */
export const residentMb = (pid: number): { now: number; peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { now: mb('VmRSS'), peak: mb('VmHWM') };
};

/** The process that started this one. */
export const parentOf = (pid: number): number => Number(statOf(pid)?.[1]);

/** Linux counts processor time in hundredths of a second on every platform that Node runs on. */
const ticksPerSecond = 100;

/** The fields of proc_pid_stat(5) after the name, which can itself hold spaces and parentheses. */
const statOf = (pid: number): string[] | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
};

/** User and system time of a process with its threads and the children it has waited for. */
const ownSeconds = (pid: number): number => {
  const stat = statOf(pid);
  if (!stat) return 0;
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(stat[field]), 0) / ticksPerSecond;
};

/** The same for a process and its living children. */
const treeSeconds = (pid: number): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid)
    .reduce((sum, name) => sum + ownSeconds(Number(name)), ownSeconds(pid));
