import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A text that names the running process `pid` and no other one that gets the same number later (its start time, and
 * on Linux the boot); `undefined` when no such process runs. A zombie counts as gone: it only waits to be reaped.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? linuxIdentity(pid) : posixIdentity(pid);
}

/** The command line of the running process `pid`, its words joined by spaces; `undefined` when there is none. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if ((await processIdentity(pid)) === undefined) return undefined;
  if (process.platform !== 'linux') return ps(pid, 'command=');
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return text?.split('\0').join(' ');
}

async function linuxIdentity(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name in parentheses can hold spaces and parentheses; the fields after it cannot (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}/${startTicks}`;
}

async function posixIdentity(pid: number): Promise<string | undefined> {
  const line = await ps(pid, 'stat=,lstart=');
  const [, state, start] = /^(\S+)\s+(.+)$/.exec(line ?? '') ?? [];
  return state?.startsWith('Z') ? undefined : start;
}

async function ps(pid: number, columns: string): Promise<string | undefined> {
  const env = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
  const output = await run('ps', ['-ww', '-o', columns, '-p', String(pid)], { env }).catch(() => undefined);
  return output?.stdout.trim() || undefined;
}
