import type { Kysely } from 'kysely';
import { priorityUnset, type DialectTraits } from '../dialect.ts';
import type { Migration } from '../migrate.ts';
import { index, object, table, withColumns, type Columns } from './tables.ts';

/** OpenADR objects with their targets, the outbox, clients and keys, and the tables of the operations API. */
export const foundation: Migration = {
  name: '001-foundation',
  async up(db, traits) {
    await openadrObjects(db);
    await targets(db);
    await outbox(db, traits);
    await access(db);
    await plants(db, traits);
    await series(db);
  },
};

async function openadrObjects(db: Kysely<unknown>): Promise<void> {
  await table(db, 'programs', ['id'], { ...object, name: 'text' }).execute();
  await index(db, 'programs', ['name'], 'unique');
  await index(db, 'programs', ['created_ms', 'id']);

  await table(db, 'events', ['id'], {
    ...object,
    program_id: 'text',
    name: 'text?',
    priority: 'bigint?',
    ends_ms: 'bigint?',
  })
    .addForeignKeyConstraint('events_program', ['program_id'], 'programs', ['id'])
    .execute();
  await index(db, 'events', ['program_id', 'name']);
  await index(db, 'events', ['ends_ms']);
  // The order of lists, so that a page is read from the index instead of sorting every event.
  await db.schema
    .createIndex('events_order')
    .on('events')
    .expression(priorityUnset)
    .columns(['priority', 'created_ms desc', 'id'])
    .execute();

  await table(db, 'vens', ['id'], { ...object, client_id: 'text', name: 'text' }).execute();
  await index(db, 'vens', ['name'], 'unique');
  await index(db, 'vens', ['client_id'], 'unique');
  await index(db, 'vens', ['created_ms', 'id']);

  await table(db, 'resources', ['id'], { ...object, ven_id: 'text', client_id: 'text', name: 'text' })
    .addForeignKeyConstraint('resources_ven', ['ven_id'], 'vens', ['id'])
    .execute();
  await index(db, 'resources', ['ven_id', 'name'], 'unique');
  await index(db, 'resources', ['name']);
  await index(db, 'resources', ['client_id']);
  await index(db, 'resources', ['created_ms', 'id']);

  await table(db, 'reports', ['id'], {
    ...object,
    event_id: 'text',
    program_id: 'text',
    client_id: 'text',
    client_name: 'text',
    name: 'text?',
  })
    .addForeignKeyConstraint('reports_event', ['event_id'], 'events', ['id'])
    .execute();
  await index(db, 'reports', ['event_id', 'created_ms', 'id']);
  await index(db, 'reports', ['client_id', 'created_ms', 'id']);
  await index(db, 'reports', ['program_id', 'created_ms', 'id']);
  await index(db, 'reports', ['created_ms', 'id']);
}

/** One row for each target of an object. They go with the object. */
async function targets(db: Kysely<unknown>): Promise<void> {
  for (const [on, parent] of [
    ['program', 'programs'],
    ['event', 'events'],
    ['ven', 'vens'],
    ['resource', 'resources'],
  ] as const) {
    const id = `${on}_id`;
    await table(db, `${on}_targets`, [id, 'target'], { [id]: 'text', target: 'text' })
      .addForeignKeyConstraint(`${on}_targets_${on}`, [id], parent, ['id'], (key) => key.onDelete('cascade'))
      .execute();
    await index(db, `${on}_targets`, ['target', id]);
  }
}

async function outbox(db: Kysely<unknown>, traits: DialectTraits): Promise<void> {
  await withColumns(traits.withSerialKey(db.schema.createTable('outbox'), 'seq'), {
    operation: 'text',
    object_type: 'text',
    object_id: 'text',
    body: 'text',
    previous: 'text?',
    created_ms: 'bigint',
  }).execute();
}

/** OAuth clients and the keys that sign their tokens; numbers that are given out once. */
async function access(db: Kysely<unknown>): Promise<void> {
  await table(db, 'clients', ['id'], {
    id: 'text',
    name: 'text',
    role: 'text',
    secret_hash: 'text',
    account: 'text?',
    utility_id: 'text?',
    utility_level: 'text?',
    created_ms: 'bigint',
    revoked_ms: 'bigint?',
  }).execute();
  await table(db, 'signing_keys', ['kid'], { kid: 'text', private_jwk: 'text', created_ms: 'bigint' }).execute();
  await table(db, 'counters', ['name'], { name: 'text', value: 'bigint' }).execute();
}

const stamps = { created_ms: 'bigint', updated_ms: 'bigint' } as const;

/** Assets, sites, inverters and gateways. What belongs to one goes with it; an asset that an inverter serves stays. */
async function plants(db: Kysely<unknown>, traits: DialectTraits): Promise<void> {
  await table(db, 'assets', ['id'], {
    id: 'text',
    code: 'text',
    name: 'text',
    type: 'text',
    region: 'text',
    delivery_area: 'text',
    lifecycle: 'text',
    provider: 'text',
    go_live_date: 'text?',
    ...stamps,
  }).execute();
  await index(db, 'assets', ['created_ms', 'id']);

  await withColumns(traits.withSerialKey(db.schema.createTable('asset_statuses'), 'seq'), {
    asset_id: 'text',
    status: 'text',
    effective_ms: 'bigint',
    reasons: 'text',
    created_ms: 'bigint',
  })
    .addForeignKeyConstraint('asset_statuses_asset', ['asset_id'], 'assets', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await index(db, 'asset_statuses', ['asset_id', 'effective_ms', 'seq']);

  await table(db, 'sites', ['id'], {
    id: 'text',
    name: 'text',
    code: 'text',
    region: 'text',
    delivery_area: 'text',
    dispatch_mode: 'text',
    ...stamps,
  }).execute();
  await index(db, 'sites', ['created_ms', 'id']);

  await table(db, 'inverters', ['id'], {
    id: 'text',
    site_id: 'text',
    rated_power_w: 'bigint',
    charge_efficiency: 'text',
    discharge_efficiency: 'text',
    ...stamps,
  })
    .addForeignKeyConstraint('inverters_site', ['site_id'], 'sites', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await index(db, 'inverters', ['site_id']);

  await table(db, 'inverter_assets', ['inverter_id', 'asset_id'], { inverter_id: 'text', asset_id: 'text' })
    .addForeignKeyConstraint('inverter_assets_inverter', ['inverter_id'], 'inverters', ['id'], (key) =>
      key.onDelete('cascade'),
    )
    .addForeignKeyConstraint('inverter_assets_asset', ['asset_id'], 'assets', ['id'])
    .execute();
  await index(db, 'inverter_assets', ['asset_id']);

  // No foreign keys to clients and vens: either may be deleted by itself, and enrolling again replaces what is missing.
  await table(db, 'gateways', ['site_id'], { site_id: 'text', client_id: 'text', ven_id: 'text', ...stamps })
    .addForeignKeyConstraint('gateways_site', ['site_id'], 'sites', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await index(db, 'gateways', ['client_id']);
  await index(db, 'gateways', ['ven_id']);
}

/** What is kept per asset and instant. The primary keys are the natural keys on which the API upserts. */
async function series(db: Kysely<unknown>): Promise<void> {
  const ofAsset = (name: string, key: string[], columns: Columns) =>
    table(db, name, key, { asset_id: 'text', ...columns, ...stamps })
      .addForeignKeyConstraint(`${name}_asset`, ['asset_id'], 'assets', ['id'], (foreign) =>
        foreign.onDelete('cascade'),
      )
      .execute();

  await ofAsset('specs', ['asset_id', 'valid_from_ms'], {
    valid_from_ms: 'bigint',
    valid_to_ms: 'bigint?',
    rated_power_w: 'bigint?',
    grid_connection_max_power_w: 'bigint?',
    max_capacity_wh: 'bigint?',
    ramp_rate: 'text?',
    ramp_type: 'text?',
    charge_efficiency: 'text?',
    discharge_efficiency: 'text?',
    daily_cycle_energy_limit_wh: 'bigint?',
    prequalified_fcr_w: 'bigint?',
    prequalified_afrr_charge_w: 'bigint?',
    prequalified_afrr_discharge_w: 'bigint?',
  });
  await ofAsset('period_limits', ['asset_id', 'start_ms', 'source'], {
    start_ms: 'bigint',
    source: 'text',
    delivery_day: 'text',
    power_charge_w: 'bigint?',
    power_discharge_w: 'bigint?',
    energy_low_wh: 'bigint?',
    energy_high_wh: 'bigint?',
    trading_locked: 'integer?',
  });
  await index(db, 'period_limits', ['delivery_day', 'asset_id', 'start_ms']);
  await ofAsset('state_snapshots', ['asset_id', 'effective_ms'], {
    effective_ms: 'bigint',
    stored_energy_wh: 'bigint?',
    charged_energy_wh: 'bigint?',
    discharged_energy_wh: 'bigint?',
    reading_quality: 'text',
  });
}
