import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** When each asset was last heard of, so that its silence is noticed. */
export const assetReports: Migration = {
  name: '005-asset-reports',
  async up(db) {
    await table(db, 'asset_reports', ['asset_id'], {
      asset_id: 'text',
      last_ms: 'bigint',
      period_ms: 'bigint',
      silent_from_ms: 'bigint?',
    })
      .addForeignKeyConstraint('asset_reports_asset', ['asset_id'], 'assets', ['id'], (key) => key.onDelete('cascade'))
      .execute();
    await index(db, 'asset_reports', ['silent_from_ms']);
  },
};
