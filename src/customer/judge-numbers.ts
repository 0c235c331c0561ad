import type { ChainFinding } from './chain-finding.ts';

/** Judges the numbers of a tenant's customers, which have no gap and no twin. */
export interface NumberJudge {
  add(customer: { customerId: string; number: number }): void;
  end(): void;
}

/** Makes the judge of the numbers from `first` to `last`. It takes one bit for each. */
export const judgeNumbers = (
  first: number,
  last: number,
  report: (finding: ChainFinding) => void,
): NumberJudge => {
  const seen = new Uint8Array(Math.ceil(Math.max(0, last - first + 1) / 8));
  return {
    add({ customerId, number }) {
      const [at, bit] = [(number - first) >> 3, 1 << ((number - first) & 7)];
      const free = number >= first && number <= last && ((seen[at] as number) & bit) === 0;
      if (free) seen[at] = (seen[at] as number) | bit;
      else report({ rule: 'customer-inserted', customerId, number, version: null });
    },
    end() {
      for (let number = first; number <= last; number++) {
        const there = ((seen[(number - first) >> 3] as number) >> ((number - first) & 7)) & 1;
        if (there === 0) report({ rule: 'customer-removed', customerId: null, number, version: null });
      }
    },
  };
};
