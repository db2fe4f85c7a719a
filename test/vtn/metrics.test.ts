import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from './support/server.ts';
import type { TestClient, TestVtn } from './support/server.ts';

describe('/metrics', () => {
  let vtn: TestVtn;
  let operator: TestClient;
  beforeAll(async () => {
    vtn = await startVtn();
    operator = await vtn.client('bl');
  });
  afterAll(() => vtn.stop());

  const text = async () => (await operator.get('/metrics').expect(200)).text;
  /** The value of one line. */
  const value = (all: string, line: string) =>
    Number(
      all
        .split('\n')
        .find((l) => l.startsWith(`${line} `))
        ?.split(' ')
        .at(-1),
    );

  it('is for operators: 401 without a token, 403 for other roles', async () => {
    await vtn.anonymous.get('/metrics').expect(401);
    for (const role of ['ven', 'customer', 'utility'] as const)
      await (await vtn.client(role)).get('/metrics').expect(403);
    const { headers } = await operator.get('/metrics').expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('counts requests by method and class of status', async () => {
    const line = 'vtn_http_request_seconds_count{method="GET",status="4xx"}';
    const before = value(await text(), line) || 0;
    await operator.get('programs/none').expect(404);
    expect(value(await text(), line)).toBe(before + 1);
  });

  it('tells memory, processor and the lag of the event loop', async () => {
    const all = await text();
    expect(value(all, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(all).toContain('nodejs_eventloop_lag_p99_seconds ');
  });

  it('asks its sources each time somebody looks', async () => {
    let n = 3;
    vtn.vtn.metrics.add({ kind: 'counter', name: 'things_total', help: 'Things.', collect: () => n });
    const labels = { colour: 'red' };
    const collect = () => [{ labels, value: n }];
    vtn.vtn.metrics.add({ kind: 'gauge', name: 'things', help: 'Things.', labels: ['colour'], collect });
    expect(value(await text(), 'vtn_things_total')).toBe(3);
    n = 5;
    const all = await text();
    expect([value(all, 'vtn_things_total'), value(all, 'vtn_things{colour="red"}')]).toEqual([5, 5]);
  });

  it('tells what is waiting for each channel of notification', async () => {
    await vtn.vtn.store.write(async ({ db }) => {
      await db.insertInto('outbox_cursors').values({ channel: 'stuck', seq: 0 }).execute();
    });
    const line = 'vtn_outbox_waiting{channel="stuck"}';
    const before = value(await text(), line);
    await operator.post('programs', { programName: 'noticed' }).expect(201);
    expect(value(await text(), line)).toBe(before + 1);
  });
});
