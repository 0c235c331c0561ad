import type { Answer, Client } from './client.ts';

/** What makes a change be answered before it is made. */
export const later = { prefer: 'respond-async' };

/** Asks for an accepted request until it is no longer open. */
export const ended = async (client: Client, accepted: Answer): Promise<Answer['body']> => {
  for (;;) {
    const answer = await client.get(accepted.headers.get('location') as string);
    if (answer.status !== 200) throw new Error(`Not found: ${answer.status} ${answer.text}`);
    if (answer.body['status'] !== 'open') return answer.body;
  }
};
