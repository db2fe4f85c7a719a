import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { VtnClient } from '../../../ven-agent/client/vtn-client.ts';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import { ReportOutbox } from '../../../ven-agent/reporting/outbox.ts';
import { ReportSender } from '../../../ven-agent/reporting/sender.ts';
import { NOON } from '../builders.ts';
import { FakeVtn } from '../fake-vtn.ts';

let vtn: FakeVtn;
let client: VtnClient;
let outbox: ReportOutbox;
let sender: ReportSender;
const clock = new ManualClock(NOON);

beforeEach(async () => {
  vtn = new FakeVtn();
  clock.set(NOON);
  client = new VtnClient({ url: await vtn.start(), clientId: 'client', clientSecret: 'secret' }, clock);
  outbox = new ReportOutbox(openAgentDatabase(':memory:'));
  const log = createLog({ name: 'test', level: 'silent' });
  sender = new ReportSender({ outbox, client, clock, random: () => 0.01, log });
});

afterEach(async () => {
  await sender.stop();
  client.close();
  await vtn.stop();
});

function queue(...names: string[]): void {
  for (const name of names) outbox.add(name, JSON.stringify({ reportName: name }), NOON);
}

const arrived = () => vtn.reports.map((r) => r['reportName']);
const emptied = () => vi.waitFor(() => expect(outbox.counts().waiting).toBe(0), { timeout: 5000 });

describe('sending reports', () => {
  it('begins with the newest and then sends the backlog in its order', async () => {
    queue('1', '2', '3', '4');
    sender.start();
    await emptied();
    expect(arrived()).toEqual(['4', '1', '2', '3']);
    expect(sender.status).toEqual({ lastSuccessMs: NOON });
  });

  it('sends a long backlog to its end', async () => {
    queue(...Array.from({ length: 25 }, (_, i) => String(i)));
    sender.start();
    await emptied();
    expect(new Set(arrived()).size).toBe(25);
  });

  it('keeps a report until the VTN has taken it', async () => {
    vtn.troubles.push({ path: '/reports', status: 500 }, { path: '/reports', status: 503 });
    queue('1');
    sender.start();
    await emptied();
    expect(vtn.seen('/reports')).toHaveLength(3);
    expect(arrived()).toEqual(['1']);
    expect(outbox.counts().dead).toBe(0);
    expect(sender.status).not.toHaveProperty('lastError');
  });

  it('puts a report aside that the VTN refuses for good, and sends the others', async () => {
    vtn.troubles.push({ path: '/reports', status: 404 });
    queue('1', '2');
    sender.start();
    await emptied();
    expect(arrived()).toEqual(['1']);
    expect(outbox.counts().dead).toBe(1);
  });

  it('does not put a report aside for a 408 or a 429, and waits as long as it is asked to', async () => {
    vtn.troubles.push(
      { path: '/reports', status: 408 },
      { path: '/reports', status: 429, headers: { 'retry-after': '3600' } },
    );
    queue('1');
    sender.start();
    await vi.waitFor(() => expect(sender.status.lastError).toBeDefined());
    await vi.waitFor(() => expect(vtn.seen('/reports')).toHaveLength(2));
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ waiting: 1, dead: 0 }));
    clock.advance(3_599_000);
    sender.kick();
    expect(vtn.seen('/reports')).toHaveLength(2);
    clock.advance(2_000);
    sender.kick();
    await emptied();
  });
});
