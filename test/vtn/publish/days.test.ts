import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { addDays, deliveryDayBounds, deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { publishDays } from '../../../vtn/publish/days.ts';
import { eventsByNames } from '../../../vtn/store/events.ts';
import { clearPeriodLimits, upsertPeriodLimits } from '../../../vtn/store/period-limits.ts';
import { programByName } from '../../../vtn/store/programs.ts';
import { putReservations } from '../../../vtn/store/reservations.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import type { Writer } from '../../../vtn/store/store.ts';
import { dayEventName, KINDS } from '../../../vtn/translation/plan.ts';
import { seedAsset } from '../support/asset-rows.ts';

/** One thing said about one slot; `null` says nothing. */
interface Said {
  slot: number;
  source: 'OPERATIONS' | 'CUSTOMER';
  charge: number | null;
  discharge: number | null;
}

/** How rows of one kind are written, and what the event of a slot must say about them, by payload type. */
interface Subject {
  kind: 'limits' | 'reservations';
  write(tx: Writer, asset: string, startMs: number, said: Said, day: string): Promise<void>;
  clear(tx: Writer, asset: string, startMs: number, said: Said): Promise<void>;
  expected(rows: readonly Said[]): Record<string, number>;
}

const least = (values: (number | null)[]): number[] => {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? [] : [Math.min(...numbers)];
};
const stamp = { created_ms: 0, updated_ms: 0 };

const SUBJECTS: Subject[] = [
  {
    kind: 'limits',
    write: ({ db }, asset_id, start_ms, { source, charge, discharge }, delivery_day) =>
      upsertPeriodLimits(db, [
        {
          ...{ asset_id, start_ms, source, delivery_day, energy_low_wh: null, energy_high_wh: null },
          power_charge_w: charge === null ? null : -charge * 1000,
          power_discharge_w: discharge === null ? null : discharge * 1000,
          trading_locked: null,
          ...stamp,
        },
      ]),
    clear: ({ db }, assetId, startMs, { source }) =>
      clearPeriodLimits(db, { assetId, source, startMs, endMs: startMs + SLOT_MS }, 0),
    expected: (rows) => ({
      ...Object.fromEntries(least(rows.map((r) => r.charge)).map((kw) => ['IMPORT_CAPACITY_LIMIT', kw])),
      ...Object.fromEntries(least(rows.map((r) => r.discharge)).map((kw) => ['EXPORT_CAPACITY_LIMIT', kw])),
    }),
  },
  {
    kind: 'reservations',
    write: ({ db }, asset_id, start_ms, { source, charge, discharge }, delivery_day) =>
      putReservations(db, [
        {
          ...{ asset_id, start_ms, end_ms: start_ms + SLOT_MS, market: 'DAA', source, delivery_day },
          power_w: ((discharge ?? 0) - (charge ?? 0)) * 1000,
          ...{ energy_change_wh: null, energy_buffer_low_wh: null, energy_buffer_high_wh: null },
          ...stamp,
        },
      ]),
    clear: async ({ db }, asset, startMs, { source }) => {
      const mine = db.deleteFrom('reservations').where('asset_id', '=', asset);
      await mine.where('start_ms', '=', startMs).where('source', '=', source).execute();
    },
    expected: (rows) => {
      // 0, not minus 0.
      const sum = rows.reduce((kw, row) => kw + (row.charge ?? 0) - (row.discharge ?? 0), 0);
      return rows.length === 0 ? {} : { DISPATCH_SETPOINT: sum };
    },
  },
];

const CHANGES_OF_CLOCK = [
  { days: 'of which the second has 92 slots', today: '2026-03-28', slots: [96, 92, 96] },
  { days: 'of 96 slots', today: '2026-07-01', slots: [96, 96, 96] },
  { days: 'of which the second has 100 slots', today: '2026-10-24', slots: [96, 100, 96] },
];
const CASES = SUBJECTS.flatMap((subject) =>
  (['DE', 'PL'] as const).flatMap((region) =>
    CHANGES_OF_CLOCK.map((days) => ({ ...subject, subject, region, ...days })),
  ),
);

const kw = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null });
const said = fc.record<Said>({
  slot: fc.integer({ min: 0, max: 287 }),
  source: fc.constantFrom('OPERATIONS', 'CUSTOMER'),
  charge: kw,
  discharge: fc.integer({ min: 0, max: 3 }),
});

describe('the events of delivery days', () => {
  const clock = new ManualClock(0);
  const deps = { clock, ids: countedIds(), horizonDays: 2 };
  let store: SqliteStore;
  let assets = 0;

  beforeAll(async () => {
    store = new SqliteStore({ path: ':memory:', clock });
    await store.start();
  });
  afterAll(() => store.stop());

  /** What the events of these days say about each slot, as a VEN reads them. */
  async function read(kind: Subject['kind'], asset: string, days: string[]): Promise<Map<number, object>> {
    const events = await store.read(async (db) => {
      const program = await programByName(db, KINDS[kind]);
      const names = days.map((day) => dayEventName(kind, asset, day));
      return eventsByNames(db, program?.id ?? '', names);
    });
    const slots = new Map<number, object>();
    for (const { startMs, endMs, payloads } of events.flatMap((event) =>
      absoluteIntervals(event, { nowMs: clock.nowMs() }),
    )) {
      for (const slotMs of slotsBetween(startMs, endMs)) {
        expect(slots.has(slotMs), 'one interval says one slot').toBe(false);
        slots.set(slotMs, Object.fromEntries(payloads.map(({ type, values: [value] }) => [type, value])));
      }
    }
    return slots;
  }

  it.each(CASES)(
    '($kind in $region, days $days) say of every slot what its rows say, twice is once, and one slot is one event',
    async ({ subject, kind, region, today, slots }) => {
      const days = [0, 1, 2].map((n) => addDays(today, n));
      const { startMs } = deliveryDayBounds(today, region);
      const endMs = deliveryDayBounds(days[2]!, region).endMs;
      const all = slotsBetween(startMs, endMs);
      expect(all).toHaveLength(slots.reduce((sum, n) => sum + n, 0));
      clock.set(startMs);
      const dayOf = (slot: number) => deliveryDayOf(all[slot]!, region);

      const run = async (generated: Said[], { change, clears }: { change: Said; clears: boolean }) => {
        const asset = `ASSET_${++assets}`;
        await seedAsset(store, asset, region, []);
        const state = new Map<string, Said>();
        const key = (row: Said) => `${row.slot} ${row.source}`;
        const say = (tx: Writer, row: Said) => {
          const before = kind === 'limits' ? state.get(key(row)) : undefined;
          // A limit that is null says nothing about what was said before; a position replaces the other one.
          state.set(key(row), { ...row, charge: row.charge ?? before?.charge ?? null });
          return subject.write(tx, asset, all[row.slot]!, row, dayOf(row.slot));
        };
        const publish = (tx: Writer) => publishDays(tx, kind, [asset], days, deps);
        const holds = async () => {
          const events = await read(kind, asset, days);
          all.forEach((slotMs, slot) => {
            const rows = [...state.values()].filter((row) => row.slot === slot);
            expect({ slot, ...events.get(slotMs) }).toEqual({ slot, ...subject.expected(rows) });
          });
        };

        await store.write(async (tx) => {
          for (const row of generated) await say(tx, row);
          expect(await publish(tx)).toBe(new Set(generated.map((row) => dayOf(row.slot))).size);
        });
        await holds();
        expect(await store.write(publish)).toBe(0);
        const changes = await store.write(async (tx) => {
          if (!clears) await say(tx, change);
          else {
            state.delete(key(change));
            await subject.clear(tx, asset, all[change.slot]!, change);
          }
          return publish(tx);
        });
        expect(changes).toBeLessThanOrEqual(1);
        await holds();
      };
      const rows = fc.array(
        said.filter((row) => row.slot < all.length),
        { maxLength: 30 },
      );
      // Changes of slots that say something are as likely as those of slots that say nothing.
      const runs = rows.chain((generated) =>
        fc.tuple(
          fc.constant(generated),
          fc.record({
            change: generated.length > 0 ? fc.oneof(said, fc.constantFrom(...generated)) : said,
            clears: fc.boolean(),
          }),
        ),
      );
      const inTime = runs.filter(([, { change }]) => change.slot < all.length);
      await fc.assert(
        fc.asyncProperty(inTime, ([generated, change]) => run(generated, change)),
        { numRuns: 25 },
      );
    },
  );
});
