import type { Door } from '../customer/execute.ts';
import type { Reply } from '../customer/operation.ts';
import type { Call } from './contract.ts';

/**
 * The answer to a call, once the access log durably says whose personal members it shows: every way to the service
 * answers through this. Throws Refusals; then nothing is shown.
 */
export const answered = async (call: Call, door: Door): Promise<Reply> => {
  const reply = await call.route.handle(call, door);
  await door.keepAccesses(call.context);
  return reply;
};
