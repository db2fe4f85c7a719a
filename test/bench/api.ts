import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ApiClient } from '../../deploy/demo/http.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startChild } from '../support/children.ts';
import { runLoad, type Load, type LoadResult } from './load.ts';
import { seed, type Seed } from './seed.ts';

export interface ApiRow {
  name: string;
  /** The load and, just before it, the yardstick, in turn: shared machines change their speed from second to second. */
  pairs: { result: LoadResult; yardstick: LoadResult }[];
}

const PAIRS = 5;

/** As a busy VTN is best started: a young generation that holds the garbage of some thousand requests. */
const NODE_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=64'];

const root = join(import.meta.dirname, '../..');
const SLOT_MS = 900_000;
const json = { 'content-type': 'application/json' };

/** The server's own speed: it runs alone on its core, the load comes from this process, and node:http runs in the same minutes. */
export async function measureApi(seconds: number, vens: number, events: number): Promise<ApiRow[]> {
  const folder = tempDir('openadr-bench-');
  const database = join(folder.path, 'vtn.db');
  const seeded = await seed(database, vens, events);
  const config = join(folder.path, 'vtn.yaml');
  writeFileSync(config, stringify({ server: { port: 0 }, store: { path: database }, mqtt: { mode: 'off' } }));
  const raw = await startChild([join(root, 'test/bench/raw-server.mjs')], (l) => l['port'] as number | undefined);
  const vtn = await startChild([...NODE_FLAGS, join(root, 'dist/vtn.js'), 'serve', '--config', config], (l) =>
    l['msg'] === 'listening' ? (l['url'] as string) : undefined,
  );
  // The very same requests: reading long headers and bodies costs node:http, too.
  const yardstick = (requests: Load['requests']): Promise<LoadResult> =>
    runLoad({
      url: `http://127.0.0.1:${raw.ready}`,
      requests,
      seconds: seconds / PAIRS / 2,
      expectStatus: 200,
    });
  try {
    return await measureVtn(vtn.ready, seeded, seconds, yardstick);
  } finally {
    await vtn.stop();
    await raw.stop();
    await folder.remove();
  }
}

async function measureVtn(
  url: string,
  seeded: Seed,
  seconds: number,
  yardstick: (requests: Load['requests']) => Promise<LoadResult>,
): Promise<ApiRow[]> {
  const base = '/openadr3/3.1.1';
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const list = seeded.venTokens.map((token) => ({ method: 'GET', path: `${base}/events`, headers: bearer(token) }));
  const conditional = await Promise.all(
    list.map(async (request) => {
      const { headers } = await fetch(`${url}${request.path}`, { headers: request.headers });
      return { ...request, headers: { ...request.headers, 'if-none-match': headers.get('etag') ?? '' } };
    }),
  );
  const report = {
    method: 'POST',
    path: `${base}/reports`,
    headers: { ...bearer(seeded.venTokens[0] ?? ''), ...json },
    body: JSON.stringify(reportBody(seeded.eventId)),
  };
  const load = async (name: string, requests: Load['requests'], expectStatus: number): Promise<ApiRow> => {
    const pairs: ApiRow['pairs'] = [];
    for (let i = 0; i < PAIRS; i++) {
      const before = await yardstick(requests);
      pairs.push({
        yardstick: before,
        result: await runLoad({ url, requests, seconds: seconds / PAIRS, expectStatus }),
      });
    }
    return { name, pairs };
  };
  return [
    await load('GET /events as a VEN', list, 200),
    await load('GET /events, unchanged (304)', conditional, 304),
    await load('POST /reports (1.8 KB, durable)', [report], 201),
    await load('PATCH /period-limits (96 slots, events, durable)', await dayPatches(url, seeded.operatorToken), 204),
  ];
}

function reportBody(eventID: string): object {
  const types = ['STORAGE_CHARGE_LEVEL', 'STORAGE_USABLE_CAPACITY', 'DEMAND', 'USAGE', 'SETPOINT', 'CHARGED_ENERGY'];
  return {
    eventID,
    clientName: 'bench',
    reportName: 'bench',
    resources: [
      {
        resourceName: 'bench',
        intervals: Array.from({ length: 4 }, (_, id) => ({
          id,
          intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'PT1M' },
          payloads: types.map((type, i) => ({ type, values: [1000.5 + i] })),
        })),
      },
    ],
  };
}

/** Two PATCHes of tomorrow for each of some assets, with different values, so that every one changes 96 rows and an event. */
async function dayPatches(url: string, token: string): Promise<Load['requests']> {
  const api = new ApiClient(`${url}/api/v1`, token);
  const start = Math.ceil(Date.now() / 86_400_000) * 86_400_000;
  const period = { start_time: new Date(start).toISOString(), end_time: new Date(start + 96 * SLOT_MS).toISOString() };
  const requests = [];
  for (let i = 0; i < 20; i++) {
    const { id } = await api.send<{ id: string }>('POST', '/assets', {
      code: 'BENCH',
      name: 'bench',
      type: 'BESS',
      region: 'DE',
      delivery_area: '50HZ',
      provider: 'ASSET_SIMULATOR',
    });
    for (const amount of [4, 5]) {
      requests.push({
        method: 'PATCH',
        path: '/api/v1/period-limits',
        headers: { authorization: `Bearer ${token}`, ...json },
        body: JSON.stringify({
          limits: [{ asset_id: id, ...period, source: 'OPERATIONS', power_discharge: { amount, unit: 'MW' } }],
        }),
      });
    }
  }
  return requests;
}
