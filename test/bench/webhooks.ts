import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ApiClient } from '../../deploy/demo/http.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import { aSubscription, created } from '../support/openadr-objects.ts';
import { tempDir } from '../support/temp-dir.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';
import { Receiver } from '../vtn/notify/receiver.ts';
import { startChild } from '../support/children.ts';
import { seed } from './seed.ts';
import { quantile, type Cell } from './table.ts';

const root = join(import.meta.dirname, '../..');

interface Figures {
  /** How long each POST /events took, ms. */
  postMs: number[];
  /** From sending the POST to the arrival at each endpoint that answers, ms; the first event, with its TLS handshakes, apart. */
  firstMs: number[];
  arrivalMs: number[];
}

/**
 * Webhooks over HTTPS to so many endpoints, of which some take calls and never answer. The endpoints are in this process, so that
 * its share of the machine's time is in the figures.
 */
export async function measureWebhooks(endpoints: number, hanging: number, rounds: number): Promise<Cell[][]> {
  const folder = tempDir('openadr-ca-');
  const authority = makeCertificates(folder.path);
  try {
    const one = await figuresOf(authority, 1, 0, rounds);
    const many = await figuresOf(authority, endpoints, hanging, rounds);
    const row = (name: string, sample: number[]): Cell[] => [
      name,
      undefined,
      undefined,
      quantile(sample, 0.5),
      quantile(sample, 0.99),
    ];
    const of = `${endpoints} webhooks of which ${hanging} hang`;
    return [
      row('POST /events, 1 webhook', one.postMs),
      row(`POST /events, ${of}`, many.postMs),
      row(`event to the others, ${of}, first with TLS handshakes`, many.firstMs),
      row(`event to the others, ${of}`, many.arrivalMs),
    ];
  } finally {
    await folder.remove();
  }
}

async function figuresOf(
  authority: Certificates,
  endpoints: number,
  hanging: number,
  rounds: number,
): Promise<Figures> {
  const folder = tempDir('openadr-bench-');
  const database = join(folder.path, 'vtn.db');
  const { operatorToken } = await seed(database, 1, 1);
  const receiver = new Receiver(authority.tls);
  await receiver.start();
  const arrivals: number[] = [];
  receiver.onCall = ({ path }) => {
    if (Number(path.slice(1)) < hanging) return true;
    arrivals.push(performance.now());
    return false;
  };
  await subscribe(database, endpoints, receiver);
  const config = join(folder.path, 'vtn.yaml');
  const webhooks = { caFile: authority.caFile, allowedNetworks: ['127.0.0.1'] };
  writeFileSync(config, stringify({ server: { port: 0 }, store: { path: database }, mqtt: { mode: 'off' }, webhooks }));
  const vtn = await startChild([join(root, 'dist/vtn.js'), 'serve', '--config', config], (l) =>
    l['msg'] === 'listening' ? (l['url'] as string) : undefined,
  );
  const api = new ApiClient(`${vtn.ready}/openadr3/3.1.1`, operatorToken);
  const figures: Figures = { postMs: [], firstMs: [], arrivalMs: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      arrivals.length = 0;
      const fromMs = performance.now();
      await api.send('POST', '/events', { programID: 'bench', intervals: [] });
      figures.postMs.push(performance.now() - fromMs);
      while (arrivals.length < endpoints - hanging) await delay(5);
      (round === 0 ? figures.firstMs : figures.arrivalMs).push(...arrivals.map((atMs) => atMs - fromMs));
    }
    return figures;
  } finally {
    await receiver.stop();
    await vtn.stop();
    await folder.remove();
  }
}

/** Stored, not posted: the challenges are not what is measured here. */
async function subscribe(database: string, endpoints: number, receiver: Receiver): Promise<void> {
  const store = new SqliteStore({ path: database, clock: systemClock });
  await store.start();
  const entry = { objects: ['EVENT' as const], operations: ['CREATE' as const], bearerToken: null };
  const subscriptions = Array.from({ length: endpoints }, (_, i) =>
    aSubscription(`s${i}`, {
      clientID: 'bench-operator',
      objectOperations: [{ ...entry, callbackUrl: receiver.url(`/${i}`) }],
    }),
  );
  await store.write((tx) => tx.apply(created(...subscriptions)));
  await store.stop();
}
