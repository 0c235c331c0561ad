import type { Contract } from './contract.ts';
import { flolive } from './flolive/contract.ts';
import { keypro } from './keypro/contract.ts';
import { native } from './native/contract.ts';
import { revio } from './revio/contract.ts';
import { seamlessos } from './seamlessos/contract.ts';
import { servitly } from './servitly/contract.ts';

/** Every contract that the service speaks. */
export const contracts: readonly Contract[] = [native, flolive, keypro, revio, seamlessos, servitly];
