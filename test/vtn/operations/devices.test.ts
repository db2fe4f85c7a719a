import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceEnergy } from '../../../vtn/domain/device-energy.ts';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('devices and locations', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  const tariff = async (): Promise<string> =>
    (await api.post('tariffs', { name: 'Day-ahead', region: 'DE' }).expect(201)).body.id;

  it('are made with an id of the server, and read back with every field', async () => {
    const [tariff_id, site_id] = [await tariff(), await api.site()];
    const location = await api.location({ tariff_id, site_id });
    expect(location).toEqual({
      id: expect.stringMatching(/^loc_[A-Za-z0-9]+$/),
      object: 'location',
      name: 'Depot',
      time_zone: 'Europe/Berlin',
      currency: 'EUR',
      account_id: 'acc_operator',
      tariff_id,
      site_id,
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    });
    const asset_id = await api.asset();
    const device = await api.device({
      location_id: location.id,
      asset_id,
      charge_efficiency: 0.95,
      minimum_state_of_charge: '0.10',
      target_state_of_charge: 0.8,
      deadline: '2026-01-16T07:00:00+01:00',
      state_of_charge: null,
    });
    expect(device).toEqual({
      id: expect.stringMatching(/^dev_[A-Za-z0-9]+$/),
      object: 'device',
      name: 'Battery',
      type: 'BATTERY',
      live_mode: true,
      location_id: location.id,
      asset_id,
      capacity: mwh('20'),
      max_charge_power: mw('10'),
      max_discharge_power: mw('10'),
      charge_efficiency: '0.95',
      discharge_efficiency: '1',
      minimum_state_of_charge: '0.1',
      target_state_of_charge: '0.8',
      deadline: '2026-01-16T06:00:00Z',
      state_of_charge: null,
      state_of_charge_at: null,
      state_of_charge_source: null,
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    });
    expect((await api.get(`devices/${device.id}`).expect(200)).body).toEqual(device);
    expect((await api.get(`devices?location_id=${location.id}`).expect(200)).body.devices).toEqual([device]);
    expect((await api.get(`locations?site_id=${site_id}`).expect(200)).body.locations).toEqual([location]);
  });

  it('keep what a PATCH leaves out, and lose what it says null about', async () => {
    const location = await api.location({ site_id: await api.site() });
    const device = await api.device({ location_id: location.id, target_state_of_charge: 0.8, state_of_charge: '0.25' });
    api.clock.advance(60_000);
    await api.patch(`devices/${device.id}`, { target_state_of_charge: null, capacity: mwh(40) }).expect(204);
    expect((await api.get(`devices/${device.id}`)).body).toMatchObject({
      target_state_of_charge: null,
      capacity: mwh('40'),
      max_charge_power: mw('10'),
      state_of_charge: '0.25',
      state_of_charge_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:01:00Z',
    });
    await api.patch(`devices/${device.id}`, { state_of_charge: 0.5 }).expect(204);
    expect((await api.get(`devices/${device.id}`)).body.state_of_charge_at).toBe('2026-01-15T10:01:00Z');
    await api.patch(`locations/${location.id}`, { site_id: null, name: 'Yard' }).expect(204);
    expect((await api.get(`locations/${location.id}`)).body).toMatchObject({ site_id: null, name: 'Yard' });
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('have the state of charge of the linked asset’s snapshot while it is fresh, else what was given', async () => {
    const asset_id = await api.asset();
    const device = await api.device({ location_id: (await api.location()).id, asset_id, state_of_charge: 0.5 });
    const snapshot = { asset_id, effective_at: '2026-01-15T09:45:00Z', reading_quality: 'VALID' };
    await api.put('state-snapshots', { state_snapshots: [{ ...snapshot, stored_energy: mwh(5) }] }).expect(200);
    const state = async () => {
      const { body } = await api.get(`devices/${device.id}`).expect(200);
      return [body.state_of_charge, body.state_of_charge_at, body.state_of_charge_source];
    };
    expect(await state()).toEqual(['0.25', '2026-01-15T09:45:00Z', 'SNAPSHOT']);
    api.clock.advance(20 * 60_000);
    expect(await state()).toEqual(['0.5', '2026-01-15T10:00:00Z', 'GIVEN']);
    api.clock.set('2026-01-15T10:00:00Z');
    const known = { capacity_wh: 1000, soc: null, soc_ms: null };
    const reading = { effective_ms: 0, stored_energy_wh: 500, reading_quality: 'VALID' };
    expect(deviceEnergy(known, reading, 0)?.energyWh).toBe(500);
    expect(deviceEnergy(known, { ...reading, reading_quality: 'INVALID' }, 0)).toBeUndefined();
    expect(deviceEnergy(known, { ...reading, stored_energy_wh: null }, 0)).toBeUndefined();
  });

  it('are refused naming every fault at once', async () => {
    const location = await api.location();
    const asset_id = await api.asset();
    const other = await api.device({ location_id: location.id, asset_id });
    const faults = faultsOf(
      await api.post('devices', {
        name: 'x',
        type: 'BATTERY',
        location_id: 'loc_none',
        asset_id,
        capacity: mwh(0),
        max_charge_power: mw(-1),
        charge_efficiency: 0,
        minimum_state_of_charge: 0.5,
        target_state_of_charge: 0.4,
        state_of_charge: 1.1,
        deadline: '1999-01-01T00:00:00Z',
      }),
    );
    expect(faults.map((f) => [f.loc.slice(1).join('.'), f.type])).toEqual([
      ['location_id', 'unknown_location'],
      ['asset_id', 'unique'],
      ['capacity.amount', 'greater_than'],
      ['target_state_of_charge', 'greater_than_equal'],
      ['state_of_charge', 'out_of_range'],
      ['max_charge_power.amount', 'greater_than_equal'],
      ['charge_efficiency', 'out_of_range'],
      ['deadline', 'out_of_range'],
    ]);
    // Its own asset is no other's.
    await api.patch(`devices/${other.id}`, { asset_id }).expect(204);
    const wrong = { time_zone: '+01:00', currency: 'PLN', tariff_id: await tariff(), site_id: 'no' };
    expect(faultsOf(await api.post('locations', { name: 'x', ...wrong })).map((f) => f.loc[1])).toEqual([
      'time_zone',
      'site_id',
      'currency',
    ]);
    await api.get('devices/dev_none').expect(404);
    await api.patch('locations/loc_none', {}).expect(404);
  });

  it('hold what they stand on: locations with devices, and linked assets, are not deleted', async () => {
    const location = await api.location();
    const asset_id = await api.asset();
    const device = await api.device({ location_id: location.id, asset_id });
    expect((await api.delete(`locations/${location.id}`).expect(409)).body.detail).toContain(device.id);
    expect((await api.delete(`assets/${asset_id}`).expect(409)).body.detail).toContain(device.id);
    await api.delete(`devices/${device.id}`).expect(204);
    await api.delete(`devices/${device.id}`).expect(404);
    await api.delete(`assets/${asset_id}`).expect(204);
    await api.delete(`locations/${location.id}`).expect(204);
  });

  it('outlive their tariff and their site', async () => {
    const [tariff_id, site_id] = [await tariff(), await api.site()];
    const { id } = await api.location({ tariff_id, site_id });
    await api.delete(`tariffs/${tariff_id}`).expect(204);
    await api.delete(`sites/${site_id}`).expect(204);
    expect((await api.get(`locations/${id}`).expect(200)).body).toMatchObject({ tariff_id: null, site_id: null });
  });
});
