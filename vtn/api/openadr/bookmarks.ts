import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Position } from '../../store/lists.ts';

/** How long a reader may take from one page to the next. */
const LIFE_MS = 5 * 60_000;
const MAX_REMEMBERED = 20_000;

interface Bookmark {
  position: Position;
  atMs: number;
}

/**
 * Where readers of lists are. `skip=50` says "after the 50 that I have", and counts from the front; when somebody writes or
 * deletes in between, the front is another. So the last object of each full page is remembered for its reader, and the next
 * page goes on after it: nothing that stays in the list is left out or comes twice.
 */
export class Bookmarks {
  readonly #clock: Clock;
  readonly #marks = new Map<string, Bookmark>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param walk the reader, the list and its filters. @param skip how many the reader has. */
  find(walk: string, skip: number): Position | undefined {
    const mark = this.#marks.get(`${walk}\n${skip}`);
    if (mark === undefined || Math.abs(this.#clock.nowMs() - mark.atMs) > LIFE_MS) return undefined;
    return mark.position;
  }

  /** The reader now has so many, the last of which is at `position`. */
  put(walk: string, count: number, position: Position): void {
    const key = `${walk}\n${count}`;
    const atMs = this.#clock.nowMs();
    const mark = this.#marks.get(key);
    if (mark) {
      mark.position = position;
      mark.atMs = atMs;
      return;
    }
    this.#marks.set(key, { position, atMs });
    if (this.#marks.size <= MAX_REMEMBERED) return;
    // The oldest walk goes; it is counted from the front then.
    for (const oldest of this.#marks.keys()) {
      this.#marks.delete(oldest);
      return;
    }
  }
}
