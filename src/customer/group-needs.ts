import type { Command } from './operation.ts';
import { type Loaded, type Needs, noNeeds } from './store.ts';

/** What a group needs by what its commands say: their customers, the replies of their keys, the requests that they finish. */
export const firstNeeds = (commands: Command[]): Needs => ({
  ...noNeeds(),
  customers: [...new Set(commands.map((command) => command.customerId))],
  replies: commands.flatMap((command) => (command.idempotency ? [command.idempotency.keyDigest] : [])),
  requests: commands.flatMap((command) => (command.finishes ? [command.finishes] : [])),
});

/**
 * Everything that was asked for so far. What was read before the hierarchy was locked may be out of date: a parent may
 * have been deleted meanwhile.
 */
export const afresh = (first: Needs, loaded: Loaded, needs: Needs): Needs => ({
  ...first,
  structure: true,
  others: [...loaded.othersAsked, ...needs.others],
  ancestorsOf: [...loaded.links.map((link) => link.customerId), ...needs.ancestorsOf],
  childrenOf: [...loaded.childrenOf, ...needs.childrenOf],
  history: [...loaded.historyOf, ...needs.history],
  owners: [...loaded.ownersOf, ...needs.owners],
  numbersOfIds: [...loaded.numbersOfIds, ...needs.numbersOfIds],
  idsOfNumbers: [...loaded.idsOfNumbers, ...needs.idsOfNumbers],
});

/** What was loaded before and what was loaded now. The clock stays that of the transaction's first statement. */
export const merged = (before: Loaded, now: Loaded): Loaded => ({
  now: before.now,
  newDataKey: before.newDataKey,
  chainSecret: before.chainSecret,
  allChained: before.allChained,
  othersAsked: [...before.othersAsked, ...now.othersAsked],
  customers: [...before.customers, ...now.customers],
  replies: before.replies,
  openRequests: before.openRequests,
  structure: before.structure,
  links: [...before.links, ...now.links],
  childrenOf: [...before.childrenOf, ...now.childrenOf],
  children: [...before.children, ...now.children],
  historyOf: [...before.historyOf, ...now.historyOf],
  history: [...before.history, ...now.history],
  ownersOf: [...before.ownersOf, ...now.ownersOf],
  owners: [...before.owners, ...now.owners],
  numbersOfIds: [...before.numbersOfIds, ...now.numbersOfIds],
  idsOfNumbers: [...before.idsOfNumbers, ...now.idsOfNumbers],
  numbered: [...before.numbered, ...now.numbered],
});
