import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** What points of connection and inverters may carry. */
export const connectionLimits: Migration = {
  name: '008-connection-limits',
  async up(db) {
    for (const [name, owner] of [
      ['site_limits', 'sites'],
      ['inverter_limits', 'inverters'],
    ] as const) {
      await table(db, name, ['subject_id', 'start_ms'], {
        subject_id: 'text',
        start_ms: 'bigint',
        end_ms: 'bigint',
        max_import_w: 'bigint?',
        max_export_w: 'bigint?',
        created_ms: 'bigint',
        updated_ms: 'bigint',
      })
        .addForeignKeyConstraint(`${name}_owner`, ['subject_id'], owner, ['id'], (key) => key.onDelete('cascade'))
        .execute();
      await index(db, name, ['start_ms']);
    }
  },
};
