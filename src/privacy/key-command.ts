import { spawn } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { OperatorError } from '../errors.ts';
import type { KeySource } from './key-source.ts';

/** The name under which keys lie that a command wrapped; which of its own keys it used, the command knows itself. */
export const commandSource = 'command';

/**
 * The source that is a command of the operator, for a key management service: it is called with the word `wrap` or
 * `unwrap` and the purpose as its last two arguments, gets base64 on standard input and gives base64 on standard output.
 * The purpose should be handed on as encryption context. Throws OperatorError when it fails or takes too long; what it
 * wrote on standard error is not told, since nobody knows what it quotes.
 */
export const commandKeySource = (command: string, timeoutMs: number): KeySource => ({
  wrap: async (key, purpose) => ({
    source: commandSource,
    wrapped: await run(command, ['wrap', purpose], key.export(), timeoutMs),
  }),
  async unwrap({ wrapped }, purpose) {
    const bytes = await run(command, ['unwrap', purpose], wrapped, timeoutMs);
    if (bytes.length !== 32) throw failed('unwrap', 'it gave no key of 32 bytes');
    return createSecretKey(bytes);
  },
  // Which key the service behind the command used shows in nothing, so a rotation wraps everything again.
  isCurrent: async () => false,
});

const run = async (
  command: string,
  [word, purpose]: [string, string],
  input: Buffer,
  timeoutMs: number,
): Promise<Buffer> => {
  const [program = '', ...first] = command.split(/\s+/);
  const child = spawn(program, [...first, word, purpose], { stdio: ['pipe', 'pipe', 'ignore'] });
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    // What the command itself started may hold the pipe open.
    child.stdout.destroy();
  }, timeoutMs);
  // A command that does not read its input must not end the service.
  child.stdin.on('error', () => {});
  child.stdin.end(`${input.toString('base64')}\n`);
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'it did not start'));
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? null : signal === null ? `it ended with ${code}` : 'it took too long'),
    );
  });
  const [output, reason] = await Promise.all([buffer(child.stdout).catch(() => Buffer.alloc(0)), ended]);
  clearTimeout(timer);
  if (reason !== null) throw failed(word, reason);
  const bytes = Buffer.from(output.toString('latin1').trim(), 'base64');
  if (bytes.length === 0) throw failed(word, 'it gave nothing');
  return bytes;
};

const failed = (word: string, reason: string): OperatorError =>
  new OperatorError(`KEY_COMMAND could not ${word} a key: ${reason}. Try it by hand.`);
