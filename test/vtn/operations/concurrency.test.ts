import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { addDays, deliveryDayBounds, deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { publishDays } from '../../../vtn/publish/days.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { KIND_NAMES } from '../../../vtn/translation/plan.ts';
import { seed } from '../../bench/seed.ts';
import { startChild } from '../../support/children.ts';
import type { Child } from '../../support/children.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { mw } from './support.ts';

const root = join(import.meta.dirname, '../../..');
const DAY = addDays(deliveryDayOf(systemClock.nowMs(), 'DE'), 1);
const { startMs } = deliveryDayBounds(DAY, 'DE');
const at = (slot: number) => new Date(startMs + slot * SLOT_MS).toISOString();
const period = (slot: number, slots = 1) => ({ start_time: at(slot), end_time: at(slot + slots) });

describe.each([
  { servers: 1, what: 'one server' },
  { servers: 2, what: 'two servers on one database' },
])('many writers at once, through $what', ({ servers }) => {
  const folder = tempDir();
  const database = join(folder.path, 'vtn.db');
  const vtns: Child<string>[] = [];
  let token: string;
  let site: string;
  let inverter: string;
  const assets: string[] = [];
  let turn = 0;

  /** Each call goes to the next server. */
  async function call(method: string, path: string, body?: object): Promise<{ status: number; body: string }> {
    const base = vtns[turn++ % vtns.length]?.ready ?? '';
    const answer = await fetch(`${base}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: await answer.text() };
  }
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await call('POST', path, body);
    return (JSON.parse(answer.body) as { id: string }).id;
  };

  beforeAll(async () => {
    token = (await seed(database, 1, 1)).operatorToken;
    const config = join(folder.path, 'vtn.yaml');
    writeFileSync(config, stringify({ server: { port: 0 }, store: { path: database }, mqtt: { mode: 'off' } }));
    for (let n = 0; n < servers; n++) {
      const args = [join(root, 'dist/vtn.js'), 'serve', '--config', config];
      vtns.push(await startChild(args, (line) => (line['msg'] === 'listening' ? (line['url'] as string) : undefined)));
    }
    const place = { code: 'WU', name: 'Wustermark', region: 'DE', delivery_area: '50HZ' };
    for (let n = 0; n < 3; n++) assets.push(await made('assets', { ...place, type: 'BESS', provider: 'NFT' }));
    site = await made('sites', { ...place, dispatch_mode: { name: 'MANUAL' } });
    const efficiency = { charge_efficiency: 0.98, discharge_efficiency: 0.98 };
    inverter = await made(`sites/${site}/inverters`, { rated_power: mw(20), ...efficiency, asset_ids: assets });
  }, 60_000);

  afterAll(async () => {
    for (const vtn of vtns) await vtn.stop();
    await folder.remove();
  });

  /** The n-th of many writes, which meet in assets, slots and sources, and take the assets in every order. */
  function write(n: number): Promise<{ status: number; body: string }> {
    const [asset_id = '', other = ''] = [assets[n % 3], assets[(n + 1 + (n % 2)) % 3]];
    const slot = (n * 5) % 24;
    const amount = (n * 7) % 20;
    const source = ['OPERATIONS', 'CUSTOMER', 'PV'][n % 3];
    const powers = { power_charge: mw(-amount), power_discharge: mw(amount + 1) };
    switch (n % 5) {
      case 0:
      case 1:
        return call('PATCH', 'period-limits', {
          limits: [asset_id, other].map((id) => ({ asset_id: id, source, ...powers, ...period(slot, 4) })),
        });
      case 2:
        return call('PUT', 'reservations', {
          reservations: [asset_id, other].map((id, i) => ({
            ...{ asset_id: id, market: ['DAA', 'IDC'][(n + i) % 2], source: 'OPTIMISATION', power: mw(amount) },
            ...period(slot, 2),
          })),
        });
      case 3: {
        const owner = n % 2 === 0 ? `sites/${site}` : `sites/${site}/inverters/${inverter}`;
        const limits = [{ ...period(slot, 2), max_import_from_grid: mw(amount), max_export_to_grid: mw(amount) }];
        return call('PUT', `${owner}/limits`, { limits });
      }
      default: {
        const query = new URLSearchParams({ asset_id, source: source ?? '', ...period(slot, 3) });
        return call('DELETE', `period-limits?${query.toString()}`);
      }
    }
  }

  it(
    'all are answered without an error, and the events are what the rows say at the end',
    { timeout: 60_000 },
    async () => {
      const statuses = new Set<string>();
      await Promise.all(
        Array.from({ length: 32 }, async (_, writer) => {
          for (let n = 0; n < 10; n++) {
            const { status, body } = await write(writer * 10 + n);
            statuses.add(`${status} ${body}`);
          }
        }),
      );
      expect([...statuses]).toEqual(['204 ']);
      await expectEventsToBeComputed();
    },
  );

  async function expectEventsToBeComputed(): Promise<void> {
    for (const asset of assets) {
      const { limits } = JSON.parse(
        (await call('GET', `period-limits?asset_ids=${asset}&from=${at(0)}&to=${at(96)}&limit=1000`)).body,
      ) as { limits: { start_time: string; computed_limits: Record<string, { amount: string } | null> }[] };
      const kw = (quantity: { amount: string } | null | undefined) =>
        quantity ? Math.abs(Number(quantity.amount)) * 1000 : undefined;
      const computed = new Map(
        limits
          .map((l): [number, unknown[]] => [
            Date.parse(l.start_time),
            [kw(l.computed_limits['power_charge']), kw(l.computed_limits['power_discharge'])],
          ])
          .filter(([, said]) => said.some((value) => value !== undefined)),
      );
      expect(computed.size).toBeGreaterThan(5);
      expect(await published(`limits/${asset}/${DAY}`)).toEqual(computed);
    }
    // Nothing is left to publish for any kind.
    await withStore(async (store) => {
      const deps = { clock: systemClock, ids: randomIds, horizonDays: 2 };
      for (const kind of KIND_NAMES) {
        const ids = [...assets, site, inverter];
        expect(await store.write((tx) => publishDays(tx, kind, ids, [DAY], deps)), kind).toBe(0);
      }
    });
  }

  /** Import and export of each slot of the one event with this name. */
  async function published(name: string): Promise<Map<number, unknown[]>> {
    const [event, ...more] = await withStore((store) =>
      store.read((db) => db.selectFrom('events').select('body').where('name', '=', name).execute()),
    );
    expect(more).toEqual([]);
    const slots = new Map<number, unknown[]>();
    for (const { startMs: fromMs, endMs, payloads } of absoluteIntervals(JSON.parse(event?.body ?? '') as Event, {
      nowMs: startMs,
    })) {
      const value = (type: string) => payloads.find((p) => p.type === type)?.values[0];
      for (let ms = fromMs; ms < endMs; ms += SLOT_MS) {
        slots.set(ms, [value('IMPORT_CAPACITY_LIMIT'), value('EXPORT_CAPACITY_LIMIT')]);
      }
    }
    return slots;
  }

  /** Past the servers, whose answers may be remembered ones. */
  async function withStore<T>(work: (store: SqliteStore) => Promise<T>): Promise<T> {
    const store = new SqliteStore({ path: database, clock: systemClock });
    await store.start();
    try {
      return await work(store);
    } finally {
      await store.stop();
    }
  }
});
