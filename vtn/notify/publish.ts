import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Announcement } from './resolve.ts';
import type { NotificationTransport } from './transport.ts';

/** Messages on their way at a time; MQTT has 65,535 packet identifiers, and a broker its buffers. */
const WINDOW = 2000;
/** Messages that are begun before the API's requests get their turn. */
const AT_A_STRETCH = 50;

/**
 * Publishes the messages of the rows in order, many at a time, and waits for all that are on their way. After a failure no more
 * are begun, so that nothing overtakes what failed.
 *
 * @param mayBegin asked before each row
 * @returns the rows whose messages, and those of all rows before, were acknowledged; and what failed first, if anything did
 */
export async function publishInOrder(
  transport: NotificationTransport,
  announcements: readonly Announcement[],
  mayBegin: () => boolean,
): Promise<{ done: number[]; failure?: Error }> {
  const begun: { seq: number; left: number }[] = [];
  let inFlight = 0;
  let stretch = 0;
  let failure: Error | undefined;
  let oneSettled: () => void = () => undefined;
  const settled = () => {
    inFlight -= 1;
    oneSettled();
  };
  const room = () => new Promise<void>((resolve) => (oneSettled = resolve));

  for (const { seq, messages } of announcements) {
    if (failure !== undefined || !mayBegin()) break;
    const row = { seq, left: messages.length };
    begun.push(row);
    for (const { topic, payload } of messages) {
      while (inFlight >= WINDOW) await room();
      stretch = (stretch + 1) % AT_A_STRETCH;
      if (stretch === 0) await nextTurn();
      if (failure !== undefined) break;
      inFlight += 1;
      transport.publish(topic, payload).then(
        () => {
          row.left -= 1;
          settled();
        },
        (error: unknown) => {
          failure ??= error instanceof Error ? error : new Error(String(error));
          settled();
        },
      );
    }
  }
  while (inFlight > 0) await room();
  const unfinished = begun.findIndex(({ left }) => left > 0);
  const done = begun.slice(0, unfinished === -1 ? begun.length : unfinished).map(({ seq }) => seq);
  return { done, ...(failure === undefined ? {} : { failure }) };
}
