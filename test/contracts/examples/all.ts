import type { ContractExample } from '../contract-example.ts';
import { floliveExample } from './flolive.ts';
import { keyproExample } from './keypro.ts';
import { revioExample } from './revio.ts';
import { seamlessosExample } from './seamlessos.ts';
import { servitlyExample } from './servitly.ts';

/** The example of every contract but our own, each in a file named like the contract. */
export const contractExamples: readonly ContractExample[] = [
  floliveExample,
  keyproExample,
  revioExample,
  seamlessosExample,
  servitlyExample,
];
