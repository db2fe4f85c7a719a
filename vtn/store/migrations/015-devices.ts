import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** Devices that are scheduled, where they are, and their schedules. */
export const devices: Migration = {
  name: '015-devices',
  async up(db) {
    await table(db, 'locations', ['id'], {
      id: 'text',
      name: 'text',
      time_zone: 'text',
      currency: 'text',
      account_id: 'text',
      tariff_id: 'text?',
      site_id: 'text?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('locations_tariff', ['tariff_id'], 'tariffs', ['id'], (key) => key.onDelete('set null'))
      .addForeignKeyConstraint('locations_site', ['site_id'], 'sites', ['id'], (key) => key.onDelete('set null'))
      .execute();
    await index(db, 'locations', ['site_id']);
    await index(db, 'locations', ['tariff_id']);

    await table(db, 'devices', ['id'], {
      id: 'text',
      name: 'text',
      type: 'text',
      location_id: 'text',
      asset_id: 'text?',
      live_mode: 'bigint',
      capacity_wh: 'bigint',
      max_charge_w: 'bigint',
      max_discharge_w: 'bigint',
      charge_efficiency: 'text',
      discharge_efficiency: 'text',
      minimum_soc: 'text',
      target_soc: 'text?',
      deadline_ms: 'bigint?',
      soc: 'text?',
      soc_ms: 'bigint?',
      schedule_id: 'text?',
      stale_ms: 'bigint?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('devices_location', ['location_id'], 'locations', ['id'])
      .addForeignKeyConstraint('devices_asset', ['asset_id'], 'assets', ['id'])
      .execute();
    await index(db, 'devices', ['location_id']);
    await index(db, 'devices', ['asset_id'], 'unique');
    await index(db, 'devices', ['stale_ms']);

    await table(db, 'schedules', ['id'], {
      id: 'text',
      device_id: 'text',
      location_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint',
      horizon_ms: 'bigint?',
      entries: 'text',
      created_ms: 'bigint',
    })
      .addForeignKeyConstraint('schedules_device', ['device_id'], 'devices', ['id'], (key) => key.onDelete('cascade'))
      .execute();
    await index(db, 'schedules', ['device_id', 'end_ms']);
  },
};
