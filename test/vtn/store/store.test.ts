import { join } from 'node:path';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { storeSuite } from '../../support/store-suite.ts';
import { tempDir } from '../../support/temp-dir.ts';

const clock = new ManualClock('2026-01-01T00:00:00Z');

storeSuite('SQLite in memory', async () => ({
  store: new SqliteStore({ path: ':memory:', clock }),
  remove: async () => undefined,
}));

storeSuite('SQLite in a file', async () => {
  const folder = tempDir();
  return { store: new SqliteStore({ path: join(folder.path, 'vtn.sqlite'), clock }), remove: () => folder.remove() };
});
