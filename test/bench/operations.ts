import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { deliveryDayBounds } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startChild, type Child } from '../support/children.ts';
import { peakRssMb } from './footprint.ts';
import { probeWhile } from './probe.ts';
import { seed } from './seed.ts';
import { seedAssets, tomorrow } from './seed-assets.ts';
import { quantile, type Cell } from './table.ts';

const root = join(import.meta.dirname, '../..');
const METRICS = '/metrics';
const BATCH = 1_000;
const DAYS = 31;
const START_MS = deliveryDayBounds(tomorrow(), 'DE').startMs;

/** Sends one request; its answer is read to the end. */
type Send = (method: string, path: string, body?: object) => Promise<string>;

/**
 * What the operations API does in bulk, on a VTN of its own with so many assets that have limits on every slot of tomorrow: it
 * finds no events for them when it starts, and catches up while requests come in.
 */
export async function measureOperations(assets: number, rounds: number): Promise<Cell[][]> {
  const folder = tempDir('openadr-bench-');
  const database = join(folder.path, 'vtn.db');
  const { operatorToken } = await seed(database, 1, 1);
  const ids = await seedAssets(database, assets);
  const config = join(folder.path, 'vtn.yaml');
  writeFileSync(config, stringify({ server: { port: 0 }, store: { path: database }, mqtt: { mode: 'off' } }));
  const vtn = await startChild([join(root, 'dist/vtn.js'), 'serve', '--config', config], (line) =>
    line['msg'] === 'listening' ? (line['url'] as string) : undefined,
  );
  const send: Send = async (method, path, body) => {
    const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${vtn.ready}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status} ${text}`);
    return text;
  };
  try {
    return [
      ...(await measureRoll(vtn, ids, send)),
      await timed(`PUT /reservations, ${BATCH} rows of as many assets`, rounds, async (round) => {
        await send('PUT', '/api/v1/reservations', {
          reservations: ids.slice(0, BATCH).map((id) => position(id, 0, round)),
        });
      }),
      await timed(`PUT /reservations, ${BATCH} rows of 10 assets`, rounds, async (round) => {
        const reservations = ids
          .slice(0, 10)
          .flatMap((id) => Array.from({ length: BATCH / 10 }, (_, slot) => position(id, slot, round)));
        await send('PUT', '/api/v1/reservations', { reservations });
      }),
      await measureLongRead(ids[0] ?? '', rounds, send),
    ];
  } finally {
    await vtn.stop();
    await folder.remove();
  }
}

/** The catch-up of the horizon, with requests meanwhile. The server itself says how long its event loop was held up. */
async function measureRoll(vtn: Child<string>, ids: readonly string[], send: Send): Promise<Cell[][]> {
  const done = vtn.line((line) => (line['msg'] === 'the horizon of events is up to date' ? line : undefined));
  const lag = async (): Promise<number> =>
    Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(await send('GET', METRICS))?.[1]) * 1_000;
  // Measured from the first look on.
  await lag();
  const reads = await probeWhile(done, () => send('GET', `/api/v1/assets/${ids[0]}`));
  const { ms, changes } = (await done) as { ms: number; changes: number };
  const roll = `horizon roll: ${ids.length} assets × 96 slots, ${changes} events in ${(ms / 1000).toFixed(1)} s`;
  const worst = `max ${Math.round(quantile(reads, 1))}`;
  return [
    [
      `${roll}; GETs meanwhile`,
      undefined,
      undefined,
      quantile(reads, 0.5),
      quantile(reads, 0.99),
      worst,
      peakRssMb(vtn.pid),
    ],
    ['the longest that its event loop was held up meanwhile', undefined, undefined, undefined, await lag()],
  ];
}

/** All slots of 31 days of one asset, page by page. */
async function measureLongRead(id: string, rounds: number, send: Send): Promise<Cell[]> {
  const [from, to] = [START_MS, START_MS + DAYS * 96 * SLOT_MS].map((ms) => new Date(ms).toISOString());
  const limits = [
    { asset_id: id, start_time: from, end_time: to, source: 'PV', power_discharge: { amount: 3, unit: 'MW' } },
  ];
  await send('PATCH', '/api/v1/period-limits', { limits });
  return timed(`GET /period-limits of ${DAYS} days: ${DAYS * 96} slots, three pages`, rounds, async () => {
    for (const offset of [0, 1_000, 2_000]) {
      await send('GET', `/api/v1/period-limits?asset_ids=${id}&from=${from}&to=${to}&limit=1000&offset=${offset}`);
    }
  });
}

/** One after the other; the first ones warm up and do not count. */
async function timed(name: string, rounds: number, work: (round: number) => Promise<void>): Promise<Cell[]> {
  const samples: number[] = [];
  for (let round = -3; round < rounds; round++) {
    const from = performance.now();
    await work(round);
    if (round >= 0) samples.push(performance.now() - from);
  }
  return [name, undefined, undefined, quantile(samples, 0.5), quantile(samples, 0.99)];
}

/** A position on a slot of tomorrow, with another power in every round, so that every round changes every event. */
function position(asset_id: string, slot: number, round: number) {
  const startMs = START_MS + slot * SLOT_MS;
  return {
    asset_id,
    start_time: new Date(startMs).toISOString(),
    end_time: new Date(startMs + SLOT_MS).toISOString(),
    market: 'DAA',
    source: 'OPTIMISATION',
    power: { amount: (round % 2) + 2 + slot / 100, unit: 'MW' },
  };
}
