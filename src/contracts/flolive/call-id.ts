/** The header by which each v3 call of floLIVE names itself; nothing for the older ones. */
export const callIdHeader = (path: string, requestId: string): Record<string, string> =>
  path.startsWith('/flolive/api/v3/') ? { 'request-id': requestId } : {};
