import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const DAY = '2026-01-16';
const at = (time: string) => `${DAY}T${time}:00Z`;

describe('period limits', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  const limit = (asset_id: string, source: string, more: object, from = at('12:00'), to = at('12:15')) => ({
    asset_id,
    source,
    start_time: from,
    end_time: to,
    ...more,
  });
  const patch = (...limits: object[]) => api.patch('period-limits', { limits });
  const read = async (asset: string, query = `from=${DAY}T00:00:00Z&to=${DAY}T23:00:00Z`) =>
    (await api.get(`period-limits?asset_ids=${asset}&${query}`).expect(200)).body.limits;
  const eventOf = (asset: string, day = DAY) => api.event(`limits/${asset}/${day}`);
  it('of several sources are computed and become one event (example 1)', async () => {
    const id = await api.asset();
    await patch(
      limit(id, 'REPORTED', { power_charge: mw(-10), power_discharge: mw(10) }),
      limit(id, 'OPERATIONS', { power_charge: mw(-4) }),
      limit(id, 'CUSTOMER', { power_discharge: mw('6.5') }),
    ).expect(204);
    const [slot] = await read(id);
    expect(slot).toMatchObject({
      asset_id: id,
      start_time: at('12:00'),
      end_time: at('12:15'),
      delivery_day: DAY,
      computed_limits: { power_charge: mw('-4'), power_discharge: mw('6.5'), energy_low: null, trading_locked: null },
    });
    expect(slot.sources.map((s: { source: string }) => s.source)).toEqual(['CUSTOMER', 'OPERATIONS', 'REPORTED']);
    expect(slot.sources[1]).toEqual({
      source: 'OPERATIONS',
      power_charge: mw('-4'),
      power_discharge: null,
      energy_low: null,
      energy_high: null,
      trading_locked: null,
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    });
    expect(await eventOf(id)).toMatchObject({
      priority: 0,
      targets: [id],
      intervals: [
        {
          payloads: [
            { type: 'IMPORT_CAPACITY_LIMIT', values: [4000] },
            { type: 'EXPORT_CAPACITY_LIMIT', values: [6500] },
          ],
        },
      ],
    });
  });

  it('are taken back by DELETE with one update of the same event (example 3)', async () => {
    const id = await api.asset();
    await patch(
      limit(id, 'REPORTED', { power_charge: mw(-10), power_discharge: mw(10) }),
      limit(id, 'OPERATIONS', { power_charge: mw(-4) }),
    ).expect(204);
    const before = await eventOf(id);
    api.clock.advance(1000);
    const query = `asset_id=${id}&source=OPERATIONS&start_time=${at('12:00')}&end_time=${at('12:15')}`;
    await api.delete(`period-limits?${query}`).expect(204);
    const after = await eventOf(id);
    expect(after).toMatchObject({ id: before?.id, createdDateTime: before?.createdDateTime });
    expect(after?.modificationDateTime).not.toBe(before?.modificationDateTime);
    expect(after?.intervals[0]?.payloads[0]).toEqual({ type: 'IMPORT_CAPACITY_LIMIT', values: [10_000] });
    expect((await read(id))[0].sources).toHaveLength(1);
  });

  it('sent twice are answered alike and announce nothing the second time (example 8)', async () => {
    const id = await api.asset();
    const send = () =>
      patch(limit(id, 'OPERATIONS', { power_charge: mw(-4), power_discharge: mw(3) }, at('08:00'), at('20:00')));
    const first = await send().expect(204);
    const event = await eventOf(id);
    const version = api.vtn.store.versions.events;
    api.clock.advance(5000);
    const second = await send().expect(204);
    expect(second.body).toEqual(first.body);
    expect(await eventOf(id)).toEqual(event);
    expect(api.vtn.store.versions.events).toBe(version);
  });

  it('keep what null and omitted fields say nothing about; updated_at moves, created_at stays', async () => {
    const id = await api.asset();
    await patch(
      limit(id, 'CUSTOMER', { power_charge: mw(-2), energy_low: mwh(1), energy_high: mwh(5), trading_locked: true }),
    ).expect(204);
    api.clock.advance(1000);
    await patch(limit(id, 'CUSTOMER', { power_charge: null, energy_low: mwh('1.5'), trading_locked: null })).expect(
      204,
    );
    const [slot] = await read(id);
    expect(slot.sources[0]).toMatchObject({
      power_charge: mw('-2'),
      energy_low: mwh('1.5'),
      energy_high: mwh('5'),
      trading_locked: true,
    });
    expect(slot.sources[0].updated_at > slot.sources[0].created_at).toBe(true);
    await patch(limit(id, 'CUSTOMER', { trading_locked: false })).expect(204);
    expect((await read(id))[0].computed_limits.trading_locked).toBe(false);
  });

  it('know 0 from nothing', async () => {
    const id = await api.asset();
    await patch(limit(id, 'OPERATIONS', { power_charge: mw(-4), power_discharge: mw(0) })).expect(204);
    expect((await read(id))[0].computed_limits.power_discharge).toEqual(mw('0'));
    await patch(limit(id, 'OPERATIONS', { power_charge: mw(0) })).expect(204);
    expect((await eventOf(id))?.intervals[0]?.payloads).toEqual([
      { type: 'IMPORT_CAPACITY_LIMIT', values: [0] },
      { type: 'EXPORT_CAPACITY_LIMIT', values: [0] },
    ]);
  });

  it('that say nothing at all leave no row', async () => {
    const id = await api.asset();
    await patch(limit(id, 'OPERATIONS', { power_charge: null })).expect(204);
    expect(await read(id)).toEqual([]);
  });

  it('lose their constraints by DELETE, never their lock, and are removed when nothing is left', async () => {
    const id = await api.asset();
    await patch(
      limit(id, 'CUSTOMER', { power_charge: mw(-2), trading_locked: true }),
      limit(id, 'CUSTOMER', { power_charge: mw(-2) }, at('12:15'), at('12:45')),
      limit(id, 'CUSTOMER', { power_charge: mw(-2), trading_locked: false }, at('12:45'), at('13:00')),
      limit(id, 'CUSTOMER', { power_charge: mw(-2) }, at('13:00'), at('13:15')),
    ).expect(204);
    await api
      .delete(`period-limits?asset_id=${id}&source=CUSTOMER&start_time=${at('12:00')}&end_time=${at('13:00')}`)
      .expect(204);
    const slots = await read(id);
    expect(slots.map((s: { start_time: string }) => s.start_time)).toEqual([at('12:00'), at('13:00')]);
    expect(slots[0].sources[0]).toMatchObject({ power_charge: null, trading_locked: true });
    expect((await eventOf(id))?.intervals).toHaveLength(1);
  });

  it('of a slot that nobody limits any more take their event along', async () => {
    const id = await api.asset();
    await patch(limit(id, 'CUSTOMER', { power_charge: mw(-2) })).expect(204);
    await api
      .delete(`period-limits?asset_id=${id}&source=CUSTOMER&start_time=${at('12:00')}&end_time=${at('12:15')}`)
      .expect(204);
    expect(await eventOf(id)).toBeUndefined();
  });

  it('that recur are laid on every night between start and end (example 6)', async () => {
    const id = await api.asset();
    api.clock.set('2026-10-24T12:00:00Z');
    const [from, to] = ['2026-10-24T22:00:00Z', '2026-10-26T06:00:00Z'];
    await patch(limit(id, 'OPERATIONS', { power_charge: mw(0), recurrent: true }, from, to)).expect(204);
    const slots = await read(id, `from=${from}&to=2026-10-27T00:00:00Z&limit=1000`);
    expect(slots).toHaveLength(64);
    expect([slots[0].start_time, slots[31].end_time]).toEqual([from, '2026-10-25T06:00:00Z']);
    expect([slots[32].start_time, slots[63].end_time]).toEqual(['2026-10-25T22:00:00Z', to]);
    expect(slots[0].delivery_day).toBe('2026-10-25');
    const event = await eventOf(id, '2026-10-25');
    expect(event?.intervals.map((i) => i.intervalPeriod)).toEqual([
      { start: from, duration: 'PT8H' },
      { start: '2026-10-25T22:00:00Z', duration: 'PT1H' },
    ]);
    const other = await api.asset();
    await patch(limit(other, 'OPERATIONS', { power_charge: mw(0) }, from, to)).expect(204);
    expect(await read(other, `from=${from}&to=2026-10-27T00:00:00Z&limit=1000`)).toHaveLength(128);
    const day = absoluteIntervals((await eventOf(other, '2026-10-25')) ?? {}, { nowMs: 0 });
    expect((day[0]!.endMs - day[0]!.startMs) / SLOT_MS).toBe(100);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('of one batch may meet in one slot: the later says it, field by field', async () => {
    const id = await api.asset();
    await patch(
      limit(id, 'PV', { power_charge: mw(-1), power_discharge: mw(9) }),
      limit(id, 'PV', { power_discharge: mw(8) }),
    ).expect(204);
    expect((await read(id))[0].sources[0]).toMatchObject({ power_charge: mw('-1'), power_discharge: mw('8') });
  });

  it('are read by page of slots, by source, and for many assets repeated or comma-separated', async () => {
    const [a, b] = [await api.asset({ code: 'PA' }), await api.asset({ code: 'PB' })];
    await patch(
      limit(a, 'PV', { power_discharge: mw(9) }, at('12:00'), at('13:00')),
      limit(a, 'OPERATIONS', { power_discharge: mw(4) }, at('12:00'), at('12:30')),
      limit(b, 'PV', { power_discharge: mw(5) }),
    ).expect(204);
    const all = await read(`${a},${b}`);
    expect(
      all.map((s: { asset_id: string; start_time: string }) => `${s.asset_id} ${s.start_time.slice(11, 16)}`),
    ).toEqual([`${a} 12:00`, `${a} 12:15`, `${a} 12:30`, `${a} 12:45`, `${b} 12:00`]);
    expect(await read(`${a}&asset_ids=${b}`)).toEqual(all);
    const query = `from=${at('00:00')}&to=${at('23:00')}`;
    const page = (await api.get(`period-limits?asset_ids=${a}&${query}&limit=2&offset=1`).expect(200)).body;
    expect(page).toEqual({ limit: 2, offset: 1, limits: all.slice(1, 3) });
    const operations = await read(a, `${query}&sources=OPERATIONS`);
    expect(operations).toHaveLength(2);
    expect(operations[0].sources.map((s: { source: string }) => s.source)).toEqual(['OPERATIONS']);
    expect(operations[0].computed_limits.power_discharge).toEqual(mw('4'));
    expect(await read(a, `from=${at('12:15')}&to=${at('12:45')}`)).toHaveLength(2);
    expect(await read('DE_50HZ_NO_1')).toEqual([]);
  });

  it('are refused with the place of everything that is wrong, and nothing is written', async () => {
    const id = await api.asset();
    const answer = await patch(
      limit(id, 'PV', { power_discharge: mw(5) }),
      limit(id, 'PV', { power_charge: mw(4), power_discharge: mw(-1) }),
      limit(id, 'PV', { energy_low: mwh(5), energy_high: mwh(4) }),
      limit(id, 'PV', { power_charge: mw(-1) }, at('12:05'), at('12:50')),
      limit(id, 'PV', { power_charge: mw(-1) }, at('13:00'), at('12:00')),
      limit(id, 'PV', { energy_low: mwh(-1) }, at('12:00'), '2026-03-16T12:00:00Z'),
    );
    const faults = faultsOf(answer);
    expect(faults.map(({ loc, type }) => [loc.join('.'), type])).toEqual([
      ['body.limits.1.power_charge.amount', 'sign_convention'],
      ['body.limits.1.power_discharge.amount', 'sign_convention'],
      ['body.limits.2.energy_low', 'band_inverted'],
      ['body.limits.3.start_time', 'slot_grid'],
      ['body.limits.3.end_time', 'slot_grid'],
      ['body.limits.4.end_time', 'end_before_start'],
      ['body.limits.5.end_time', 'span_too_long'],
      ['body.limits.5.energy_low.amount', 'greater_than_equal'],
    ]);
    expect(faults[0]?.msg).toContain('charging is negative, discharging and generation are positive');
    expect(await read(id)).toEqual([]);
    expect(await eventOf(id)).toBeUndefined();
  });

  it('must have units of power and energy, date-times with an offset, and amounts that are decimals', async () => {
    const id = await api.asset();
    const placeOf = async (more: object) =>
      faultsOf(await patch(limit(id, 'PV', more))).map((f) => f.loc.slice(3).join('.'));
    expect(await placeOf({ power_charge: mwh(-4) })).toEqual(['power_charge.unit']);
    expect(await placeOf({ energy_low: mw(4) })).toEqual(['energy_low.unit']);
    expect(await placeOf({ power_charge: { amount: '-4e3', unit: 'MW' } })).toEqual(['power_charge.amount']);
    expect(await placeOf({ power_charge: { amount: -1e300, unit: 'MW' } })).toEqual(['power_charge.amount']);
    expect(await placeOf({ power_charge: mw(-1), start_time: '2026-01-16T12:00:00' })).toEqual(['start_time']);
    expect(await placeOf({ power_charge: mw(-1), start_time: '0001-01-01T00:00:00Z' })).toEqual(['start_time']);
    expect(await placeOf({ power_charg: mw(-1) })).toEqual(['power_charg']);
    expect(await read(id)).toEqual([]);
  });

  it('say which unit was expected and that energy was sent where power is meant', async () => {
    const id = await api.asset();
    const [fault] = faultsOf(await patch(limit(id, 'PV', { power_charge: mwh(-4) })));
    expect(fault).toMatchObject({ msg: 'expected one of MW, kW, W', type: 'enum', input: 'MWh' });
  });

  it('are kept exactly, in whole W and Wh, whatever the unit', async () => {
    const id = await api.asset();
    await patch(
      limit(id, 'PV', {
        power_charge: { amount: '-1234.5675', unit: 'kW' },
        power_discharge: { amount: 7, unit: 'W' },
        energy_high: { amount: '0.0000015', unit: 'MWh' },
      }),
    ).expect(204);
    expect((await read(id))[0].computed_limits).toMatchObject({
      power_charge: mw('-1.234568'),
      power_discharge: mw('0.000007'),
      energy_high: mwh('0.000002'),
    });
  });

  it('of unknown assets are 404 naming all of them, and nothing is written', async () => {
    const id = await api.asset();
    const answer = await patch(
      limit(id, 'PV', { power_discharge: mw(5) }),
      limit('DE_50HZ_NO_1', 'PV', { power_discharge: mw(5) }),
      limit('DE_50HZ_NO_2', 'PV', { power_discharge: mw(5) }),
    ).expect(404);
    expect(answer.body).toEqual({ detail: 'unknown asset_id: DE_50HZ_NO_1, DE_50HZ_NO_2' });
    expect(await read(id)).toEqual([]);
    await api
      .delete(`period-limits?asset_id=DE_50HZ_NO_1&source=PV&start_time=${at('12:00')}&end_time=${at('13:00')}`)
      .expect(404);
  });

  it('of too many slots are refused with the limit', async () => {
    const id = await api.asset();
    const month = limit(id, 'PV', { power_charge: mw(-1) }, '2026-02-01T00:00:00Z', '2026-03-04T00:00:00Z');
    const answer = await patch(...Array.from({ length: 34 }, () => month));
    expect(faultsOf(answer)[0]).toMatchObject({
      loc: ['body', 'limits'],
      type: 'too_many_slots',
      msg: 'expected at most 100000 slots of 15 minutes in one request, got 101184',
    });
  });

  it('beyond the horizon are stored, and announced when their day comes near', async () => {
    const id = await api.asset();
    const [from, to] = ['2026-01-18T12:00:00Z', '2026-01-18T13:00:00Z'];
    await patch(limit(id, 'PV', { power_discharge: mw(3) }, from, to)).expect(204);
    expect(await read(id, `from=${from}&to=${to}`)).toHaveLength(4);
    expect(await eventOf(id, '2026-01-18')).toBeUndefined();
    await patch(limit(id, 'PV', { power_discharge: mw(3) }, '2026-01-17T12:00:00Z', '2026-01-17T13:00:00Z')).expect(
      204,
    );
    expect(await eventOf(id, '2026-01-17')).toBeDefined();
  });

  it('of the past are stored, but what was announced stays as it was', async () => {
    const id = await api.asset();
    const today = (time: string) => `2026-01-15T${time}:00Z`;
    await patch(limit(id, 'PV', { power_discharge: mw(3) }, today('09:00'), today('11:00'))).expect(204);
    const event = await eventOf(id, '2026-01-15');
    expect(event?.intervals.map((i) => i.intervalPeriod)).toEqual([{ start: today('10:00'), duration: 'PT1H' }]);
    api.clock.set(today('10:20'));
    await patch(limit(id, 'PV', { power_discharge: mw(1) }, today('09:00'), today('11:00'))).expect(204);
    const later = await eventOf(id, '2026-01-15');
    expect(later?.intervals.map((i) => [i.intervalPeriod, i.payloads[0]?.values])).toEqual([
      [{ start: today('10:00'), duration: 'PT15M' }, [3000]],
      [{ start: today('10:15'), duration: 'PT45M' }, [1000]],
    ]);
    await patch(limit(id, 'PV', { power_discharge: mw(1) }, '2026-01-14T09:00:00Z', '2026-01-14T10:00:00Z')).expect(
      204,
    );
    expect(await eventOf(id, '2026-01-14')).toBeUndefined();
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('written by many at once are all in the computed limits and in the event', async () => {
    const id = await api.asset();
    const sources = ['REPORTED', 'OPERATIONS', 'CUSTOMER', 'PV', 'AVAILABILITY'];
    const writes = Array.from({ length: 60 }, (_, n) =>
      patch(
        limit(id, sources[n % 5] as string, {
          power_charge: mw(-(20 + ((n * 7) % 60))),
          power_discharge: mw(20 + ((n * 11) % 60)),
        }),
      ).then((answer) => expect(answer.status).toBe(204)),
    );
    await Promise.all(writes);
    const [slot] = await read(id);
    expect(slot.sources).toHaveLength(5);
    const event = await eventOf(id);
    const kw = (q: { amount: string }) => Math.abs(Number(q.amount)) * 1000;
    expect(event?.intervals).toHaveLength(1);
    expect(event?.intervals[0]?.payloads.map((p) => p.values[0])).toEqual([
      kw(slot.computed_limits.power_charge),
      kw(slot.computed_limits.power_discharge),
    ]);
    expect((await api.events()).filter((e) => e.targets?.includes(id))).toHaveLength(1);
  });
});
