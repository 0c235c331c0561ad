import type { Command } from 'commander';
import { addPrivacyAccesses } from './privacy-accesses.ts';
import { addPrivacyErasure } from './privacy-erasure.ts';
import { addPrivacyExport } from './privacy-export.ts';
import { addPrivacyHold } from './privacy-hold.ts';
import { addPrivacyRestriction } from './privacy-restriction.ts';

/** `customary privacy …`: what a person may ask for who is a customer (GDPR Art. 15 to 20). */
export const addPrivacy = (program: Command): void => {
  const privacy = program
    .command('privacy')
    .description('the rights of the people behind the customers (GDPR Art. 15 to 20)');
  for (const add of [
    addPrivacyExport,
    addPrivacyRestriction,
    addPrivacyErasure,
    addPrivacyHold,
    addPrivacyAccesses,
  ])
    add(privacy);
};
