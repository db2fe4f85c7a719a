import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { AgentDatabase } from '../database.ts';
import { Facts } from '../facts.ts';
import type { Enrolment } from '../scheduler/subjects.ts';
import type { CachedEvent } from '../scheduler/timeline.ts';

export interface EventCacheDeps {
  db: AgentDatabase;
  clock: Clock;
  /** 0 up to, not including, 1. */
  random: () => number;
  /** Changes at every boot of the machine. */
  bootId: string;
}

interface EventRow {
  received_ms: number;
  start_draw: number;
  body: string;
}

/**
 * The last complete list of events, on disk. It is replaced as a whole or not at all: an event that is absent from a
 * complete list was cancelled, one that is absent because of an error was not.
 */
export class EventCache {
  readonly #deps: EventCacheDeps;
  readonly #facts: Facts;
  #events: readonly CachedEvent[] | undefined;

  constructor(deps: EventCacheDeps) {
    this.#deps = deps;
    this.#facts = new Facts(deps.db);
  }

  /** Was the list written during the boot that still runs? If not, its orders are void (User Guide 8.10.1). */
  get isOfThisBoot(): boolean {
    return this.#facts.get('bootId') === this.#deps.bootId;
  }

  /**
   * Takes over a complete list. An event that was known in the same version keeps the time at which it was received;
   * every event keeps the random part of its start, which is drawn once.
   *
   * @throws when the disk refuses; the list is in force in memory nevertheless
   */
  replaceAll(events: readonly Event[]): void {
    const { clock, random } = this.#deps;
    const known = new Map(this.events().map((cached) => [cached.event.id, cached]));
    this.#events = events.map((event) => {
      const before = known.get(event.id);
      const same = before?.event.modificationDateTime === event.modificationDateTime;
      return {
        event,
        receivedMs: before !== undefined && same ? before.receivedMs : clock.nowMs(),
        startDraw: before?.startDraw ?? 2 * random() - 1,
      };
    });
    this.#persist(this.#events);
  }

  events(): readonly CachedEvent[] {
    this.#events ??= this.#deps.db
      .prepare<[], EventRow>('SELECT received_ms, start_draw, body FROM events ORDER BY id')
      .all()
      .map((row) => ({
        event: JSON.parse(row.body) as Event,
        receivedMs: row.received_ms,
        startDraw: row.start_draw,
      }));
    return this.#events;
  }

  get enrolment(): Enrolment | undefined {
    const text = this.#facts.get('enrolment');
    return text === undefined ? undefined : (JSON.parse(text) as Enrolment);
  }

  /** @returns whether it differs from what was known */
  setEnrolment(enrolment: Enrolment): boolean {
    const text = JSON.stringify(enrolment);
    if (text === this.#facts.get('enrolment')) return false;
    this.#facts.set('enrolment', text);
    return true;
  }

  #persist(list: readonly CachedEvent[]): void {
    const { db, bootId } = this.#deps;
    const insert = db.prepare('INSERT OR REPLACE INTO events (id, received_ms, start_draw, body) VALUES (?, ?, ?, ?)');
    db.transaction(() => {
      db.prepare('DELETE FROM events').run();
      for (const { event, receivedMs, startDraw } of list) {
        insert.run(event.id, receivedMs, startDraw, JSON.stringify(event));
      }
      this.#facts.set('bootId', bootId);
    })();
  }
}
