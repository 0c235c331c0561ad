import { startEmbedded } from '../../src/storage/embedded/embedded.ts';
import { query, settings } from './query.ts';

// A service in small: says "ready" or why not, and on Ctrl-C does one more statement before it stops its database.
const dataDirectory = process.argv[2] ?? '';
try {
  const server = await startEmbedded({ dataDirectory, settings });
  process.once('SIGINT', async () => {
    const [row] = await query(server, `select 'drained' as word`);
    await server.stop();
    console.log((row as { word: string }).word);
  });
  console.log('ready');
} catch (error) {
  console.log((error as Error).message);
}
