/** What one line of the server's log says, split by the `log_line_prefix` of `settings.ts`. */
interface LogLine {
  backendType: string;
  sqlState: string;
  severity: string;
}

const prefixed = /^\d+ ([a-z ]+) ([0-9A-Z]{5}) ([A-Z]+):/;
const clientBackends = new Set(['client backend', 'parallel worker']);
const keptSeverities = new Set(['LOG', 'FATAL', 'PANIC']);

/**
 * Collects the standard error of a PostgreSQL process into lines, hands on those that cannot hold a personal value,
 * and keeps the last ones to explain a failed start.
 *
 * An error raised by a client's statement can quote the client's data ("invalid input syntax … "), and the client gets
 * it anyway, so such lines are dropped, as are continuation lines, which PostgreSQL always starts with a tab.
 */
export function createLogReader(onLine: (line: string) => void) {
  const kept: string[] = [];
  const sqlStates = new Set<string>();
  let rest = '';

  function take(line: string): void {
    if (line === '' || line.startsWith('\t')) return;
    const parsed = parse(line);
    if (parsed) sqlStates.add(parsed.sqlState);
    if (parsed && clientBackends.has(parsed.backendType) && !keptSeverities.has(parsed.severity)) return;
    kept.push(line);
    if (kept.length > 5) kept.shift();
    onLine(line);
  }

  return {
    /** Takes the next piece of output. */
    push(chunk: string): void {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    },
    /** The last lines, newest last. */
    tail: (): string => [...kept, ...(rest === '' ? [] : [rest])].join('\n'),
    /** True when a line carried this SQLSTATE. */
    saw: (sqlState: string): boolean => sqlStates.has(sqlState),
  };
}

/** A collector of the server's log. */
export type LogReader = ReturnType<typeof createLogReader>;

function parse(line: string): LogLine | undefined {
  const match = prefixed.exec(line);
  if (!match) return undefined;
  return { backendType: match[1] ?? '', sqlState: match[2] ?? '', severity: match[3] ?? '' };
}
