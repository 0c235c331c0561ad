#!/usr/bin/env node
// The program is TypeScript run as it is; tsx strips the types on every supported Node,
// also inside node_modules, where Node itself refuses to.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
