import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { listEventBodies } from '@openadr-gateway/vtn/store/events.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startChild } from '../support/children.ts';
import { seed, type EventsFor, type Seed } from './seed.ts';
import { quantile, type Cell } from './table.ts';

const SIZES = [1_000, 10_000, 100_000];
/** How many events each VEN may see where they are not for everybody. */
const VISIBLE = 10;
const POLLS = 100;
const root = join(import.meta.dirname, '../..');

/**
 * What a page of events costs when nothing is cached: every poll is another VEN's first, as after a commit that makes all
 * cached answers old. The cost must follow what the VEN may see, not what there is.
 */
export async function measureVisibility(): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for (const eventsFor of ['targeted', 'in targeted programs', 'untargeted'] as const) {
    for (const events of SIZES) rows.push(await measure(eventsFor, events));
  }
  return rows;
}

async function measure(eventsFor: EventsFor, events: number): Promise<Cell[]> {
  const folder = tempDir('openadr-bench-');
  const database = join(folder.path, 'vtn.db');
  const vens = events / VISIBLE;
  try {
    const seeded = await seed(database, vens, events, eventsFor);
    const polled = Array.from({ length: POLLS }, (_, n) => Math.floor((n * vens) / POLLS));
    const store = await inStore(database, seeded, polled);
    const http = await overHttp(folder.path, database, seeded, polled);
    const httpMs = quantile(http.samplesMs, 0.5);
    return [eventsFor, events, vens, http.shown, quantile(store, 0.5), httpMs, 1000 / httpMs];
  } finally {
    await folder.remove();
  }
}

/** The query alone, ms. */
async function inStore(path: string, { venIds }: Seed, polled: readonly number[]): Promise<number[]> {
  const store = new SqliteStore({ path, clock: systemClock });
  await store.start();
  const samples: number[] = [];
  for (const n of polled) {
    const id = venIds[n] ?? '';
    const from = performance.now();
    await store.read((db) => listEventBodies(db, { visibleTo: { targets: [id, `asset-${id}`] }, limit: 50, skip: 0 }));
    samples.push(performance.now() - from);
  }
  await store.stop();
  return samples;
}

/** One poll after the other, ms. Tokens and grants are known before: `GET /programs` has asked for them. */
async function overHttp(folder: string, database: string, { venTokens }: Seed, polled: readonly number[]) {
  const config = join(folder, 'vtn.yaml');
  writeFileSync(config, stringify({ server: { port: 0 }, store: { path: database }, mqtt: { mode: 'off' } }));
  const vtn = await startChild([join(root, 'dist/vtn.js'), 'serve', '--config', config], (l) =>
    l['msg'] === 'listening' ? (l['url'] as string) : undefined,
  );
  try {
    const samplesMs: number[] = [];
    let shown = 0;
    const get = async (path: string, n: number): Promise<unknown[]> => {
      const headers = { authorization: `Bearer ${venTokens[n]}` };
      const answer = await fetch(`${vtn.ready}/openadr3/3.1.1${path}`, { headers });
      if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}`);
      return (await answer.json()) as unknown[];
    };
    for (const n of polled) await get('/programs', n);
    for (const n of polled) {
      const from = performance.now();
      shown = (await get('/events', n)).length;
      samplesMs.push(performance.now() - from);
    }
    return { samplesMs, shown };
  } finally {
    await vtn.stop();
  }
}
