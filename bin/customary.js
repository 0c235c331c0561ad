#!/usr/bin/env node
// The program is TypeScript run as it is. Node strips the types itself from 22.18 on, but never inside node_modules;
// elsewhere tsx does it.
if (!process.features.typescript || import.meta.url.includes('/node_modules/')) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
