/** The header that says why a call is made, if it is said. What reads headers takes their characters for bytes of UTF-8. */
export const because = (reason: string | undefined): Record<string, string> =>
  reason === undefined ? {} : { 'customary-reason': Buffer.from(reason, 'utf8').toString('latin1') };
