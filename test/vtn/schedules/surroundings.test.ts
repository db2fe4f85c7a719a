import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pricesAt, surroundingsOf } from '../../../vtn/scheduling/surroundings.ts';
import { toSlots } from '../../../vtn/scheduling/slots.ts';
import { deviceById } from '../../../vtn/store/devices.ts';
import { locationById } from '../../../vtn/store/locations.ts';
import { command, inboxOf } from '../ingest/dispatch-support.ts';
import { mw, mwh, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';

const NOW_MS = Date.UTC(2026, 0, 15, 10);
const SLOT_MS = 900_000;
const at = (slot: number) => new Date(NOW_MS + slot * SLOT_MS).toISOString();

describe('what a schedule rests on', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  const period = (from: number, to: number) => ({ start_time: at(from), end_time: at(to) });
  const euro = (amount: number) => ({ amount, unit: 'EUR/MWh' });
  /** A battery of 20 MWh and 10 MW at a site, with prices of 100 EUR/MWh for four slots. */
  const scene = async () => {
    const tariff_id: string = (await api.post('tariffs', { name: 't', region: 'DE' }).expect(201)).body.id;
    const prices = [{ ...period(0, 4), import_price: euro(100) }];
    await api.put(`tariffs/${tariff_id}/prices`, { prices }).expect(204);
    const [site_id, asset_id] = [await api.site(), await api.asset()];
    const inverter = await api.inverter(site_id, [asset_id]);
    const location = await api.location({ tariff_id });
    const device = await api.device({ location_id: location.id, asset_id });
    return { tariff_id, site_id, asset_id, inverter, location, device };
  };
  const slotsOf = ({ device, location }: { device: { id: string }; location: { id: string } }) =>
    api.vtn.store.read(async (db) => {
      const [row, place] = [await deviceById(db, device.id), await locationById(db, location.id)];
      if (!row || !place) throw new Error('no scene');
      const window = { startMs: NOW_MS, endMs: NOW_MS + 4 * SLOT_MS };
      const around = await surroundingsOf(db, row, place, window, { nowMs: NOW_MS });
      return toSlots({ ...around, prices: await pricesAt(db, row, place, window) }, window, undefined);
    });

  it('dispatches: the newest for a delivery period, from when it takes effect; they go before reservations', async () => {
    const world = await scene();
    const { asset_id } = world;
    const reservation = { asset_id, ...period(0, 2), market: 'DAA', source: 'EXTERNAL', power: mw(1) };
    await api.put('reservations', { reservations: [reservation] }).expect(204);
    const { send } = await inboxOf(api);
    const later = { dispatch_time: at(1), delivery_period_start: at(1) };
    expect(await send(asset_id, command(asset_id, { ...later, target_power: mw(5) }))).toBe('APPLIED');
    const newer = { ...later, published_at: '2026-01-15T09:59:45Z', target_power: mw(-3) };
    expect(await send(asset_id, command(asset_id, newer))).toBe('APPLIED');
    expect((await slotsOf(world)).map((slot) => slot.fixed)).toEqual([
      { powerW: -1e6, by: 'reservations' },
      { powerW: 3e6, by: 'dispatches' },
      undefined,
      undefined,
    ]);
  });

  it('capacity that is reserved narrows the powers, buffers the band of energy; neither settles the power', async () => {
    const world = await scene();
    const reservation = {
      asset_id: world.asset_id,
      ...period(1, 2),
      market: 'FCR',
      source: 'EXTERNAL',
      power: mw(2),
      energy_buffer_low: mwh(1),
      energy_buffer_high: mwh(4),
    };
    await api.put('reservations', { reservations: [reservation] }).expect(204);
    const [, slot] = await slotsOf(world);
    expect(slot).toMatchObject({ maxChargeW: 8e6, maxDischargeW: 8e6, energyLowWh: 1e6, energyHighWh: 16e6 });
    expect(slot).not.toHaveProperty('fixed');
  });

  it('limits of the asset and of its inverter, whichever is narrower', async () => {
    const world = await scene();
    const { site_id, inverter, asset_id } = world;
    const limits = [{ ...period(0, 2), max_import_from_grid: mw(3), max_export_to_grid: mw(0) }];
    await api.put(`sites/${site_id}/inverters/${inverter}/limits`, { limits }).expect(204);
    const own = { asset_id, ...period(1, 3), source: 'PV', power_charge: mw(-1), power_discharge: mw(4) };
    await api.patch('period-limits', { limits: [own] }).expect(204);
    expect((await slotsOf(world)).map((slot) => [slot.maxChargeW, slot.maxDischargeW])).toEqual([
      [3e6, 0],
      [1e6, 0],
      [1e6, 4e6],
      [undefined, undefined],
    ]);
  });

  it('the connection of the site that the asset stands on, less what is expected of the other assets there', async () => {
    const world = await scene();
    const { site_id } = world;
    const other = await api.asset();
    await api.inverter(site_id, [other]);
    const limits = [{ ...period(0, 2), max_import_from_grid: mw(10), max_export_to_grid: mw(10) }];
    await api.put(`sites/${site_id}/limits`, { limits }).expect(204);
    const forecast = (asset_id: string, generation: number) => ({
      asset_id,
      ...period(1, 2),
      generation: mw(generation),
      consumption: mw(1),
    });
    // What is expected of the asset itself is what is being planned.
    await api.put('forecasts', { forecasts: [forecast(other, 7), forecast(world.asset_id, 3)] }).expect(204);
    expect((await slotsOf(world)).map((slot) => [slot.importHeadroomW, slot.exportHeadroomW])).toEqual([
      [10e6, 10e6],
      [16e6, 4e6],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('prices with the tariff’s fee for the grid, or else the one that is expected for the asset', async () => {
    const world = await scene();
    const fee = (from: number, amount: string) => ({
      asset_id: world.asset_id,
      ...period(from, from + 2),
      import_from_grid_fee: amount,
    });
    await api.put('forecasts', { forecasts: [fee(0, '12.5'), fee(2, '7')] }).expect(204);
    const prices = [{ ...period(1, 2), import_price: euro(100), grid_fee: euro(1), export_price: euro(60) }];
    await api.put(`tariffs/${world.tariff_id}/prices`, { prices }).expect(204);
    expect((await slotsOf(world)).map((slot) => [slot.importMilliPerMwh, slot.exportMilliPerMwh])).toEqual([
      [112_500, 0],
      [101_000, 60_000],
      [107_000, 0],
      [107_000, 0],
    ]);
  });
});
