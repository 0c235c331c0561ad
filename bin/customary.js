#!/usr/bin/env node
// The program is TypeScript run as it is. Node strips the types itself from 22.18 on, but never inside node_modules;
// elsewhere it is compiled once and kept, which starts faster and takes less memory than translating it each time.
import { compiledProgram } from './compiled-program.js';

const stripsTypes = process.features.typescript && !import.meta.url.includes('/node_modules/');
const { main } = await import(stripsTypes ? '../src/main.ts' : await compiledProgram());
await main(process.argv.slice(2));
