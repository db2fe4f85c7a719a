import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../ven-agent/bridges/modbus/framing.ts';
import { encodeRequest } from '../../../../ven-agent/bridges/modbus/pdu.ts';
import { encodeRtu } from '../../../../ven-agent/bridges/modbus/rtu-frame.ts';
import { RtuFraming } from '../../../../ven-agent/bridges/modbus/rtu.ts';

const DEADLINE_MS = 1_000;
const DRAIN_MS = 50;
/** Units answer this late at most: less than the quarantine. */
const LATEST_MS = 8_000;

interface Ask {
  unitId: number;
  functionCode: 3 | 4;
  /** Until the answer comes; `lost`: never. */
  delays: readonly (number | 'lost')[];
  /** Idle time before it. */
  pauseMs: number;
}

/** A master with the framing under test, and units that answer in order, late or not at all. Each answer is unmistakable. */
class Line {
  readonly framing = new RtuFraming(4);
  readonly #arrivals: { atMs: number; unitId: number; answer: Message }[] = [];
  readonly #lastArrivalMs = new Map<number, number>();
  readonly wrong: string[] = [];
  answered = 0;
  #nowMs = 0;
  #serial = 0;

  ask({ unitId, functionCode, delays, pauseMs }: Ask): void {
    this.#listen(pauseMs, undefined);
    const readiness = this.framing.readiness(unitId, this.#nowMs);
    if (readiness.kind === 'quarantined') return;
    if (readiness.kind === 'probe') {
      if (!this.#exchange(unitId, encodeRequest(readiness.request), delays[1] ?? 'lost')) return;
    }
    const request = encodeRequest({ functionCode, address: 0, count: 1 });
    if (this.#exchange(unitId, request, delays[0] ?? 'lost')) this.answered += 1;
  }

  #exchange(unitId: number, pdu: Buffer, delay: number | 'lost'): boolean {
    this.framing.begin({ unitId, pdu });
    this.#serial += 1;
    const answer = { unitId, pdu: Buffer.from([pdu.readUInt8(0), 2, this.#serial >> 8, this.#serial & 0xff]) };
    if (delay !== 'lost') {
      const atMs = Math.max(this.#lastArrivalMs.get(unitId) ?? 0, this.#nowMs + delay);
      this.#lastArrivalMs.set(unitId, atMs);
      this.#arrivals.push({ atMs, unitId, answer });
    }
    const isAnswered = this.#listen(DEADLINE_MS, answer);
    if (isAnswered) {
      this.framing.end();
    } else {
      this.framing.giveUp(this.#nowMs);
      while (this.#arrivals.some(({ atMs }) => atMs <= this.#nowMs + DRAIN_MS)) this.#listen(DRAIN_MS, undefined);
      this.#nowMs += DRAIN_MS;
    }
    return isAnswered;
  }

  /** Hears what comes within that time, up to an answer. */
  #listen(forMs: number, expected: Message | undefined): boolean {
    const untilMs = this.#nowMs + forMs;
    this.#arrivals.sort((a, b) => a.atMs - b.atMs);
    for (let next = this.#arrivals[0]; next !== undefined && next.atMs <= untilMs; next = this.#arrivals[0]) {
      this.#arrivals.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      for (const heard of this.framing.push(encodeRtu(next.answer)).heard) {
        if (heard.kind !== 'answer') continue;
        if (expected?.pdu.equals(heard.message.pdu) !== true) this.wrong.push(heard.message.pdu.toString('hex'));
        return true;
      }
    }
    this.#nowMs = untilMs;
    return false;
  }
}

const delay = fc.oneof(
  { weight: 3, arbitrary: fc.constant(5) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: LATEST_MS }) },
  { weight: 1, arbitrary: fc.constant('lost' as const) },
);
const asks: fc.Arbitrary<Ask[]> = fc.array(
  fc.record({
    unitId: fc.constantFrom(1, 2),
    functionCode: fc.constantFrom(3 as const, 4 as const),
    delays: fc.tuple(delay, delay),
    pauseMs: fc.constantFrom(0, 0, 10, 500, 3_000),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('RTU frames without transaction ids', () => {
  it('never make the answer to one request that to another, however late units answer or do not', () => {
    fc.assert(
      fc.property(asks, (script) => {
        const line = new Line();
        for (const ask of script) line.ask(ask);
        expect(line.wrong).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('make every answer count that comes in time from a unit that owes nothing', () => {
    const line = new Line();
    for (let round = 0; round < 5; round += 1) {
      line.ask({ unitId: 1, functionCode: 3, delays: [5, 5], pauseMs: 0 });
    }
    expect(line.answered).toBe(5);
  });

  it('are trusted again at the next request after a unit answered late or lost one answer', () => {
    for (const first of [1_020, 3_000, 'lost'] as const) {
      const line = new Line();
      line.ask({ unitId: 1, functionCode: 3, delays: [first, 5], pauseMs: 0 });
      line.ask({ unitId: 1, functionCode: 3, delays: [5, 5], pauseMs: first === 3_000 ? 2_500 : 0 });
      expect([first, line.answered]).toEqual([first, 1]);
    }
  });
});
