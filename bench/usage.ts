import { readdirSync, readFileSync } from 'node:fs';

/** How many processors each keeps busy: the service, PostgreSQL with all its backends, the load generator, and others. */
export interface Cores {
  service: number;
  postgres: number;
  load: number;
  /** Whatever else runs on the machine, the kernel's own threads and this program among it. */
  others: number;
}

/** Measures how many processors are kept busy by whom, from now until `stop`. */
export const startMeter = (pids: { service: number; postgres: number; load: number }) => {
  const startedAt = performance.now();
  const read = () => ({
    service: treeSeconds(pids.service),
    postgres: treeSeconds(pids.postgres),
    all: machineSeconds(),
  });
  const before = read();
  // The load generator is gone when it has finished, so its time is read while it runs.
  let load = 0;
  const poll = setInterval(() => {
    load = Math.max(load, ownSeconds(pids.load));
  }, 100);
  return {
    stop: (): Cores => {
      clearInterval(poll);
      const seconds = (performance.now() - startedAt) / 1000;
      const after = read();
      const service = after.service - before.service;
      const postgres = after.postgres - before.postgres;
      const others = Math.max(0, after.all - before.all - service - postgres - load);
      return {
        service: service / seconds,
        postgres: postgres / seconds,
        load: load / seconds,
        others: others / seconds,
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

/** Time that the machine's processors were not idle: all but the fields idle and iowait of proc_stat(5). */
const machineSeconds = (): number => {
  const fields =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1, 9).map(Number) ?? [];
  return (
    fields.filter((_, index) => index !== 3 && index !== 4).reduce((sum, one) => sum + one, 0) /
    ticksPerSecond
  );
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
