import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ApiClient } from '../../deploy/demo/http.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startChild } from '../support/children.ts';
import { waitFor } from '../support/demo.ts';
import { listenFeed, listenMqtt, type BenchListener } from './listeners.ts';
import { seed, type Seed } from './seed.ts';
import { quantile, type Cell } from './table.ts';

const root = join(import.meta.dirname, '../..');
const FILTER = 'openadr3/3.1/programs/bench/events/+';
/** Opened at a time: the backlog of a listening socket is 511. */
const AT_ONCE = 200;
const SETTLE_MS = 2_000;

/**
 * One change of an untargeted event, from the request to its arrival at so many subscribers over MQTT; and what so many
 * connections, half of them feeds and half MQTT, cost the server. The subscribers are in this process: its share is in the figures.
 */
export async function measureNotifications(
  subscribers: number,
  connections: number,
  rounds: number,
): Promise<Cell[][]> {
  const few = await withVtn(subscribers, async ({ seeded, url, mqttUrl }) => {
    const arrivals: number[] = [];
    let startedMs = 0;
    const heard = (): void => void arrivals.push(performance.now() - startedMs);
    const open = await openAll(seeded.venTokens, (token) => [listenMqtt(mqttUrl, token, FILTER, heard)]);
    await changeEvents(url, seeded, rounds, () => (startedMs = performance.now()), arrivals, subscribers);
    for (const listener of open) listener.close();
    return arrivals;
  });
  const many = await withVtn(connections / 2, async ({ seeded, url, mqttUrl, pid }) => {
    const idleMb = rssMb(pid);
    const arrivals: number[] = [];
    let startedMs = 0;
    const heard = (): void => void arrivals.push(performance.now() - startedMs);
    const open = await openAll(seeded.venTokens, (token) => [
      listenFeed(url, token, heard),
      listenMqtt(mqttUrl, token, FILTER, heard),
    ]);
    await delay(SETTLE_MS);
    const heldMb = rssMb(pid);
    const some = Math.max(1, Math.ceil(rounds / 10));
    await changeEvents(url, seeded, some, () => (startedMs = performance.now()), arrivals, open.length);
    const toldMb = rssMb(pid);
    for (const listener of open) listener.close();
    return { idleMb, heldMb, toldMb, arrivals, count: open.length };
  });
  const row = (name: string, sample: number[], mb?: number): Cell[] => [
    name,
    undefined,
    undefined,
    quantile(sample, 0.5),
    quantile(sample, 0.99),
    undefined,
    mb,
  ];
  const idle = Math.round(many.idleMb);
  return [
    row(`event change to ${subscribers} MQTT subscribers`, few),
    row(`${many.count} feed and MQTT connections held (without: ${idle} MB)`, [], many.heldMb).map((cell) =>
      Number.isNaN(cell) ? undefined : cell,
    ),
    row(`event change to ${many.count} feed and MQTT connections`, many.arrivals, many.toldMb),
  ];
}

interface Running {
  seeded: Seed;
  url: string;
  mqttUrl: string;
  pid: number;
}

async function withVtn<T>(vens: number, work: (running: Running) => Promise<T>): Promise<T> {
  const folder = tempDir('openadr-bench-');
  const database = join(folder.path, 'vtn.db');
  const seeded = await seed(database, vens, 1, 'untargeted');
  const config = join(folder.path, 'vtn.yaml');
  const settings = { server: { port: 0 }, store: { path: database }, mqtt: { port: 0 }, log: { level: 'info' } };
  writeFileSync(config, stringify(settings));
  const vtn = await startChild([join(root, 'dist/vtn.js'), 'serve', '--config', config], (line) =>
    line['msg'] === 'listening' ? (line['url'] as string) : undefined,
  );
  try {
    const url = vtn.ready;
    const headers = { authorization: `Bearer ${seeded.operatorToken}` };
    const answer = await fetch(`${url}/openadr3/3.1.1/notifiers`, { headers });
    const notifiers = (await answer.json()) as { MQTT: { URIS: string[] } };
    return await work({ seeded, url, mqttUrl: notifiers.MQTT.URIS[0] ?? '', pid: vtn.pid });
  } finally {
    await vtn.stop();
    await folder.remove();
  }
}

async function openAll(tokens: readonly string[], open: (token: string) => BenchListener[]): Promise<BenchListener[]> {
  const all: BenchListener[] = [];
  for (let from = 0; from < tokens.length; from += AT_ONCE) {
    const some = tokens.slice(from, from + AT_ONCE).flatMap(open);
    await Promise.all(some.map(({ ready }) => ready));
    all.push(...some);
  }
  return all;
}

/** Changes the event again and again, each time when everybody has heard of the last change. */
async function changeEvents(
  url: string,
  seeded: Seed,
  rounds: number,
  begin: () => void,
  arrivals: readonly number[],
  listeners: number,
): Promise<void> {
  const api = new ApiClient(`${url}/openadr3/3.1.1`, seeded.operatorToken);
  for (let round = 1; round <= rounds; round += 1) {
    const body = { programID: 'bench', eventName: `round ${round}`, intervals: [] };
    begin();
    await api.send('PUT', `/events/${seeded.eventId}`, body);
    await waitFor('everybody to hear of a change', () => arrivals.length >= round * listeners);
  }
}

function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
