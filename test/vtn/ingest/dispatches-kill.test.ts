import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { connect, connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../deploy/demo/http.ts';
import { Mosquitto, mosquittoPath } from '../../support/mosquitto.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { eventually } from '../notify/support.ts';
import { OPERATOR_TOKEN, startVtnProcess } from './vtn-process.ts';
import type { VtnProcess } from './vtn-process.ts';

const SLOT_MS = 900_000;
const ASSET = { code: 'WU', name: 'W', type: 'BESS', region: 'DE', delivery_area: '50HZ', provider: 'NFT' };

describe('kill -9 between the arrival of a dispatch command and its commit', { timeout: 90_000 }, () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const folderOfTest = () => {
    const folder = tempDir();
    ends.push(() => folder.remove());
    return folder.path;
  };
  const assetOf = async ({ url }: VtnProcess): Promise<string> =>
    (await new ApiClient(`${url}/api/v1`, OPERATOR_TOKEN).send<{ id: string }>('POST', '/assets', ASSET)).id;

  /** For the next slot, so that none is too late, published one after the other. */
  const periodStartMs = Math.ceil(Date.now() / SLOT_MS) * SLOT_MS;
  const commandOf = (assetId: string, n: number) => {
    const start = new Date(periodStartMs).toISOString();
    const published_at = new Date(periodStartMs - SLOT_MS + n).toISOString();
    const target_power = { amount: n, unit: 'kW' };
    const times = { published_at, dispatch_time: start, delivery_period_start: start };
    return { source: 'desk', event_id: randomUUID(), asset_id: assetId, ...times, target_power };
  };
  /** What is in the history, in the order in which it came, and what the event says, kW. */
  function found(folder: string) {
    const db = new SQLite(`${folder}/vtn.db`, { readonly: true });
    try {
      const rows = db.prepare('select event_id, outcome from dispatches order by rowid').all() as Record<
        string,
        string
      >[];
      const bodies = db.prepare(`select body from events where name like 'dispatch/%'`).pluck().all() as string[];
      const said = bodies.map((body) => JSON.parse(body).intervals.at(-1).payloads[0].values[0] as number);
      return { ids: rows.map((row) => row['event_id']), outcomes: new Set(rows.map((row) => row['outcome'])), said };
    } finally {
      db.close();
    }
  }

  it('loses nothing that the embedded broker had acknowledged; what it had not, the publisher sends again', async () => {
    const folder = folderOfTest();
    let vtn = await startVtnProcess(folder, { port: 0 });
    ends.push(() => vtn.kill());
    const asset = await assetOf(vtn);
    const commands = Array.from({ length: 60 }, (_, n) => commandOf(asset, n + 1));
    const acknowledged = new Set<string>();
    for (const killAfter of [1, 25, Infinity]) {
      const client: MqttClient = connect(vtn.mqttUrl, { username: 'o', password: OPERATOR_TOKEN, reconnectPeriod: 0 });
      client.on('error', () => undefined);
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      let fresh = 0;
      let killed: Promise<void> | undefined;
      // Whatever was not acknowledged is sent again, at once and in order, as a publisher with QoS 1 does.
      const sent = commands
        .filter(({ event_id }) => !acknowledged.has(event_id))
        .map(async (message) => {
          await client.publishAsync(`ingest/dispatches/${asset}`, JSON.stringify(message), { qos: 1 });
          acknowledged.add(message.event_id);
          fresh += 1;
          if (fresh === killAfter) killed = vtn.kill();
        });
      await Promise.race([Promise.allSettled(sent), closed]);
      client.end(true);
      if (killAfter === Infinity) break;
      await killed;
      expect(found(folder).ids).toEqual(expect.arrayContaining([...acknowledged]));
      vtn = await startVtnProcess(folder, { port: 0 });
    }
    expect(found(folder)).toEqual({
      ids: commands.map((message) => message.event_id),
      outcomes: new Set(['APPLIED']),
      said: [-60],
    });
  });

  it.runIf(mosquittoPath)('loses nothing that mosquitto had acknowledged (skipped without mosquitto)', async () => {
    const folder = folderOfTest();
    const mosquitto = new Mosquitto();
    ends.push(() => mosquitto.remove());
    await mosquitto.start();
    const start = () =>
      startVtnProcess(folder, { mode: 'external', url: mosquitto.url }, { ingest: { dispatches: { enabled: true } } });
    let vtn = await start();
    ends.push(() => vtn.kill());
    const asset = await assetOf(vtn);
    const publisher = await connectAsync(mosquitto.url);
    ends.push(() => publisher.end(true));
    const commands = Array.from({ length: 200 }, (_, n) => commandOf(asset, n + 1));
    // The session is there once a first command has come in.
    const send = (some: typeof commands) =>
      Promise.all(
        some.map((message) =>
          publisher.publishAsync(`ingest/dispatches/${asset}`, JSON.stringify(message), { qos: 1 }),
        ),
      );
    await eventually(async () => {
      await send(commands.slice(0, 1));
      await delay(50);
      expect(found(folder).ids).toHaveLength(1);
    });
    const all = send(commands.slice(1));
    for (const seen of [5, 90]) {
      await eventually(() => expect(found(folder).ids.length).toBeGreaterThan(seen));
      await vtn.kill();
      vtn = await start();
    }
    await all;
    await eventually(() => expect(found(folder).ids).toHaveLength(200));
    expect(found(folder)).toEqual({
      ids: commands.map((message) => message.event_id),
      outcomes: new Set(['APPLIED']),
      said: [-200],
    });
  });
});
