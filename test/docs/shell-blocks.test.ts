import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { expectedStatuses, scriptOf, statusesIn } from './shell-blocks.ts';

const page = `# A page

\`\`\`sh
ID=$(curl "$URL/200" |
  cat) # 200
curl "$URL/404" \\
  -d '{
    "a": 1
  }' # 404
\`\`\`

\`\`\`json
{ "curl": 1 } # 500
\`\`\`

\`\`\`sh
for status in 202 200; do curl "$URL/$status"; done # 200
\`\`\`
`;

test('the statuses of a page are read where its commands end, those of other blocks not', () => {
  expect(expectedStatuses(page)).toEqual([
    { line: 5, status: 200 },
    { line: 9, status: 404 },
    { line: 17, status: 200 },
  ]);
});

test('the script of a page notes the status of every command at its place', async () => {
  const server = createServer((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const directory = mkdtempSync(join(tmpdir(), 'customary-test-'));
  const [script, statuses] = [join(directory, 'script'), join(directory, 'statuses')];
  const URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(script, scriptOf(page));
  await promisify(execFile)('bash', [script], { env: { ...process.env, URL, STATUSES: statuses } });
  expect(statusesIn(readFileSync(statuses, 'utf8'), page)).toEqual({
    answered: expectedStatuses(page),
    others: '',
  });
  server.close();
  rmSync(directory, { recursive: true });
});
