/** A command of a page: the line at which it ends, and the status that its answer has. */
interface LineStatus {
  line: number;
  status: number;
}

/**
 * The ```sh blocks of a page as one script that ends at the first command that fails. Its lines have the numbers that
 * they have in the page, and its curls note their answers' statuses with their lines in the file $STATUSES.
 */
export const scriptOf = (page: string): string => {
  const [first, ...rest] = linesOf(page).map(({ text, isCommand }) => (isCommand ? text : ''));
  return [`${prelude} ${first ?? ''}`, ...rest, ''].join('\n');
};

/** The statuses that the comments at the ends of commands tell, in the order of the page. */
export const expectedStatuses = (page: string): LineStatus[] =>
  linesOf(page).flatMap(({ text, isCommand }, index) => {
    const [, status] = (isCommand && /#\s*(\d{3})\s*$/.exec(text)) || [];
    return status === undefined ? [] : [{ line: index + 1, status: Number(status) }];
  });

/**
 * What the curls of a script noted: a status for each command whose end is told, the last one where it ran in a loop, and
 * whatever else curl had to say.
 */
export const statusesIn = (told: string, page: string): { answered: LineStatus[]; others: string } => {
  const ends = expectedStatuses(page).map(({ line }) => line);
  const byLine = new Map<number, number>();
  for (const [, line, status] of told.matchAll(/^@@(\d+) (\d+)$/gm)) {
    // Bash tells the line at which a command begins, or one further down.
    const end = ends.find((one) => one >= Number(line)) ?? Number(line);
    byLine.set(end, Number(status));
  }
  return {
    answered: [...byLine].map(([line, status]) => ({ line, status })).sort((a, b) => a.line - b.line),
    others: told.replace(/^@@.*$/gm, '').trim(),
  };
};

const noted = `%{stderr}\\n@@\${BASH_LINENO[0]} %{http_code}\\n`;
const prelude = `set -e -o pipefail; curl() { command curl -sS -w "${noted}" "$@" 2>>"$STATUSES"; };`;

const linesOf = (page: string): { text: string; isCommand: boolean }[] => {
  let isInside = false;
  return page.split('\n').map((text) => {
    if (text.startsWith('```')) {
      isInside = !isInside && /^```sh\s*$/.test(text);
      return { text, isCommand: false };
    }
    return { text, isCommand: isInside };
  });
};
