/**
 * A new object with the members of both, those of `more` in the place of the first one's. It is what two spreads are, but
 * those cost Node 20 about a microsecond for every member that is added to a copy, which adds up where it is done for
 * every change. Not for objects whose names a client chose: it would lose a member `__proto__`.
 */
export const joined = <One extends object, More extends object>(
  one: One,
  more: More,
): Omit<One, keyof More> & More => Object.assign({}, one, more);
