import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { EventCache } from '../../../ven-agent/client/event-cache.ts';
import { VtnClient } from '../../../ven-agent/client/vtn-client.ts';
import { Watch } from '../../../ven-agent/client/watch.ts';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import { event, NOON, payload } from '../builders.ts';
import { FakeVtn } from '../fake-vtn.ts';

const limit = () => event([payload('EXPORT_CAPACITY_LIMIT', 1)]);
const log = createLog({ name: 'test', level: 'silent' });

let vtn: FakeVtn;
let client: VtnClient;
let cache: EventCache;
let watch: Watch;
let changes: number;
const clock = new ManualClock(NOON);

async function begin(pollMs = 3_600_000): Promise<void> {
  const url = await vtn.start();
  client = new VtnClient({ url, clientId: 'client', clientSecret: 'secret' }, clock);
  cache = new EventCache({ db: openAgentDatabase(':memory:'), clock, random: () => 0.5, bootId: 'boot' });
  const onChange = (): void => void changes++;
  watch = new Watch({ client, cache, clock, random: () => 0.5, log, pollMs, onChange });
  watch.start();
}

beforeEach(() => {
  vtn = new FakeVtn();
  changes = 0;
  clock.set(NOON);
});

afterEach(async () => {
  client.close();
  await watch.stop();
  await vtn.stop();
});

describe('the watch', () => {
  it('fills the cache at its start and says so', async () => {
    vtn.events = [limit()];
    await begin();
    await vi.waitFor(() => expect(cache.enrolment?.venName).toBe('gateway'));
    expect(cache.events()).toHaveLength(1);
    expect(changes).toBeGreaterThan(0);
    expect(watch.status.lastFullReadMs).toBe(NOON);
  });

  it('looks again when told to, and once more for all that was said meanwhile', async () => {
    await begin();
    await watch.look();
    const before = vtn.seen('/events').length;
    await Promise.all([watch.look(), watch.look(), watch.look(), watch.look(), watch.look()]);
    expect(vtn.seen('/events').length - before).toBe(2);
  });

  it('reads anew what targets mean when told to, at once and again if that is said meanwhile', async () => {
    await begin();
    await watch.look();
    vtn.resources.push({
      ...{ id: 'r-2', venID: 'ven-1', resourceName: 'INV_1', targets: ['INV_1'] },
      attributes: [{ type: 'ASSET_IDS', values: ['BESS_1'] }],
    });
    await watch.look();
    expect(cache.enrolment?.resources).toHaveLength(1);
    const before = changes;
    await watch.lookAtEnrolment();
    expect(cache.enrolment?.resources[1]).toMatchObject({ resourceName: 'INV_1', assetIds: ['BESS_1'] });
    expect(changes).toBe(before + 1);
    const reads = vtn.seen('/resources').length;
    await Promise.all([watch.lookAtEnrolment(), watch.lookAtEnrolment()]);
    await watch.look();
    expect(vtn.seen('/resources').length - reads).toBeGreaterThanOrEqual(1);
    expect(vtn.seen('/resources').length - reads).toBeLessThanOrEqual(2);
  });

  it('says nothing when nothing changed', async () => {
    await begin();
    await watch.look();
    const before = changes;
    await watch.look();
    expect(changes).toBe(before);
  });

  it('goes on polling by itself', async () => {
    await begin(10);
    await vi.waitFor(() => expect(vtn.seen('/events').length).toBeGreaterThan(5));
  });

  it('keeps every event when the VTN fails, and recovers', async () => {
    vtn.events = [limit()];
    await begin();
    await watch.look();
    vtn.events = [];
    vtn.troubles.push({ path: '/events', status: 500 });
    await watch.look();
    expect(cache.events()).toHaveLength(1);
    expect(watch.status.lastError).toContain('500');
    await vi.waitFor(() => expect(cache.events()).toHaveLength(0));
    expect(watch.status).not.toHaveProperty('lastError');
  });

  it('does not knock before Retry-After is over, not even for a notification', async () => {
    await begin();
    await watch.look();
    vtn.troubles.push({ path: '/events', status: 429, headers: { 'retry-after': '60' } });
    await watch.look();
    const before = vtn.seen('/events').length;
    await watch.look();
    expect(vtn.seen('/events').length).toBe(before);
    clock.advance(60_001);
    await watch.look();
    expect(vtn.seen('/events').length).toBe(before + 1);
  });
});
