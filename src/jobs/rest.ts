/** What is known when a batch of accepted changes was made. */
interface Batch {
  /** How long making it took. */
  tookMs: number;
  /** How long its oldest change had waited when it was begun. */
  waitedMs: number;
  /** Changes of callers who wait for their answer right now. */
  callersWaiting: number;
}

/**
 * How long to leave the machine to callers before the next batch: nobody waits for the answer of an accepted change, so it
 * takes half of the time while others do. One that has waited for long is not put off any more, so that accepting
 * slows down before the backlog grows without end.
 */
export const restMs = ({ tookMs, waitedMs, callersWaiting }: Batch): number =>
  callersWaiting === 0 || waitedMs >= longMs ? 0 : Math.min(tookMs, mostRestMs);

const longMs = 30_000;
const mostRestMs = 250;
