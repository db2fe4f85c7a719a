import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mw } from '../operations/support.ts';
import { startCustomers } from './support.ts';
import type { Customer, Customers } from './support.ts';

const DAY = '2026-01-15';

describe('what customers say becomes limits and events', () => {
  let world: Customers;
  let customer: Customer;
  let asset: string;
  let plant: string;
  let n = 0;
  beforeAll(async () => {
    world = await startCustomers();
    customer = await world.customer('north');
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    asset = await world.operator.asset();
    plant = `PLANT_${n++}`;
    await customer.post('plants/', { name: plant, capacity_mw: 20, asset_id: asset }).expect(201);
  });

  const record = (start: string, end: string, available_power_mw: number, more: object = {}) => ({
    plant_id: plant,
    start_time_utc: `${DAY}T${start}:00Z`,
    end_time_utc: `${DAY}T${end}:00Z`,
    available_power_mw,
    availability_type: 'UNAVAILABILITY',
    ...more,
  });
  const say = async (...args: Parameters<typeof record>): Promise<string> =>
    (await customer.post('unavailabilities/', record(...args)).expect(201)).body.id as string;
  /** Slot, source and band of everything that limits the asset on the day. */
  const limits = async (id = asset): Promise<string[]> => {
    const query = `asset_ids=${id}&from=${DAY}T00:00:00Z&to=2026-01-16T00:00:00Z&limit=200`;
    const { body } = await world.operator.get(`period-limits?${query}`).expect(200);
    type Source = { source: string; power_charge?: { amount: string }; power_discharge?: { amount: string } };
    return (body.limits as { start_time: string; sources: Source[] }[]).flatMap((slot) =>
      slot.sources.map((s) =>
        [slot.start_time.slice(11, 16), s.source, s.power_charge?.amount, s.power_discharge?.amount].join(' '),
      ),
    );
  };
  /** Start, duration and limits of the intervals of the day's event. */
  const said = async (id = asset): Promise<string[]> => {
    const event = await world.operator.event(`limits/${id}/${DAY}`);
    return (event?.intervals ?? []).map((interval) =>
      [
        interval.intervalPeriod?.start?.slice(11, 16),
        interval.intervalPeriod?.duration,
        ...interval.payloads.flatMap((payload) => payload.values as number[]),
      ].join(' '),
    );
  };

  it('08:10 to 09:05 with 12.5 MW of 20 MW: ±12.5 MW on the five slots that it touches', async () => {
    await say('11:10', '12:05', 12.5);
    expect(await limits()).toEqual(
      ['11:00', '11:15', '11:30', '11:45', '12:00'].map((slot) => `${slot} AVAILABILITY -12.5 12.5`),
    );
    expect(await said()).toEqual(['11:00 PT1H15M 12500 12500']);
  });

  it('overlapping records: the smaller; deleting one restores exactly what the others say', async () => {
    await say('12:00', '13:00', 10);
    const inner = await say('12:15', '12:30', 4);
    expect(await said()).toEqual(['12:00 PT15M 10000 10000', '12:15 PT15M 4000 4000', '12:30 PT30M 10000 10000']);
    const before = await limits();
    await customer.patch(`unavailabilities/${inner}/`, { available_power_mw: 0 }).expect(200);
    expect(await said()).toContain('12:15 PT15M 0 0');
    await customer.delete(`unavailabilities/${inner}/`).expect(204);
    expect(await said()).toEqual(['12:00 PT1H 10000 10000']);
    expect((await limits()).length).toBe(before.length);
  });

  it('a record that moves leaves nothing behind', async () => {
    const id = await say('12:00', '13:00', 10);
    await customer.put(`unavailabilities/${id}/`, record('14:00', '14:15', 3)).expect(200);
    expect(await limits()).toEqual(['14:00 AVAILABILITY -3 3']);
  });

  it('a record that moves within its plant is one change of the event, never a moment without limit', async () => {
    const id = await say('12:00', '13:00', 10);
    const event = await world.operator.event(`limits/${asset}/${DAY}`);
    await customer.put(`unavailabilities/${id}/`, record('14:00', '14:15', 3)).expect(200);
    const told = await world.operator.vtn.store.read((db) =>
      db.selectFrom('outbox').select('operation').where('object_id', '=', String(event?.id)).orderBy('seq').execute(),
    );
    expect(told.map(({ operation }) => operation)).toEqual(['CREATE', 'UPDATE']);
  });

  it('what operators and others say stays: the most restrictive of all is in force', async () => {
    const slot = {
      asset_id: asset,
      start_time: `${DAY}T12:00:00Z`,
      end_time: `${DAY}T12:30:00Z`,
      source: 'OPERATIONS',
    };
    await world.operator.patch('period-limits', { limits: [{ ...slot, power_charge: mw(-4) }] }).expect(204);
    const id = await say('12:00', '12:15', 6.5);
    expect(await said()).toEqual(['12:00 PT15M 4000 6500', '12:15 PT15M 4000']);
    await customer.delete(`unavailabilities/${id}/`).expect(204);
    expect(await limits()).toEqual(['12:00 OPERATIONS -4 ', '12:15 OPERATIONS -4 ']);
    expect(await said()).toEqual(['12:00 PT30M 4000']);
  });

  it('a plant that is linked later limits its asset from then on, and frees the one that it had', async () => {
    await say('12:00', '12:15', 5);
    const next = await world.operator.asset();
    await customer.patch(`plants/${plant}/`, { asset_id: next }).expect(200);
    expect(await limits()).toEqual([]);
    expect(await limits(next)).toEqual(['12:00 AVAILABILITY -5 5']);
    await customer.patch(`plants/${plant}/`, { asset_id: null }).expect(200);
    expect(await limits(next)).toEqual([]);
    expect(await said(next)).toEqual([]);
  });

  it('a record that moves to another plant limits that one', async () => {
    const id = await say('12:00', '12:15', 5);
    const next = await world.operator.asset();
    await customer.post('plants/', { name: `${plant}_B`, capacity_mw: 20, asset_id: next }).expect(201);
    await customer.patch(`unavailabilities/${id}/`, { plant_id: `${plant}_B` }).expect(200);
    expect(await limits()).toEqual([]);
    expect(await limits(next)).toEqual(['12:00 AVAILABILITY -5 5']);
  });

  it('saying the same again changes no event', async () => {
    const id = await say('12:00', '13:00', 10);
    const before = await world.operator.event(`limits/${asset}/${DAY}`);
    world.operator.clock.advance(1_000);
    await customer.put(`unavailabilities/${id}/`, record('12:00', '13:00', 10)).expect(200);
    expect(await world.operator.event(`limits/${asset}/${DAY}`)).toEqual(before);
  });

  it('whatever is created, changed and deleted: each slot has the smallest of what touches it', async () => {
    const times = fc.tuple(fc.integer({ min: 44, max: 80 }), fc.integer({ min: 1, max: 12 }), fc.nat(20));
    const at = (quarter: number, minutes = 0) =>
      `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15 + minutes).padStart(2, '0')}`;
    await fc.assert(
      fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 6 }), fc.nat(5), async (records, gone) => {
        asset = await world.operator.asset();
        plant = `PLANT_${n++}`;
        await customer.post('plants/', { name: plant, capacity_mw: 20, asset_id: asset }).expect(201);
        const ids: string[] = [];
        for (const [start, length, power] of records) ids.push(await say(at(start, 5), at(start + length, 1), power));
        const removed = gone % records.length;
        await customer.delete(`unavailabilities/${ids[removed]}/`).expect(204);
        const left = records.filter((_, i) => i !== removed);
        const expected = Array.from({ length: 96 }, (_, quarter) => ({
          quarter,
          powers: left.filter(([start, length]) => start <= quarter && quarter <= start + length).map(([, , p]) => p),
        }))
          .filter(({ powers }) => powers.length > 0)
          .map(({ quarter, powers }) => {
            const power = Math.min(...powers);
            return `${at(quarter)} AVAILABILITY ${power === 0 ? '0' : -power} ${power}`;
          });
        expect(await limits()).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });
});
