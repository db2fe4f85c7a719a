import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../../vtn/store/store.ts';
import { eventually, listen } from '../notify/support.ts';
import type { Listener } from '../notify/support.ts';
import { mw, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';
import { command, ordered, PREFIX } from './dispatch-support.ts';

const mosquittoPub = await promisify(execFile)('mosquitto_pub', ['--help']).then(
  () => true,
  (error: { code?: unknown }) => error.code !== 'ENOENT',
);

const topic = (asset: string, prefix = PREFIX) => `${prefix}/${asset}`;

/** A VTN with its embedded broker. */
async function startBrokerVtn(config: { mqtt?: object; ingest?: object } = {}) {
  const api = await startOperations({
    mqtt: { mode: 'embedded', port: 0, ...config.mqtt },
    ingest: config.ingest ?? {},
  });
  const operator = await api.client('bl');
  const mqttUrl: string = (await operator.get('notifiers')).body.MQTT.URIS[0];
  const joined: Listener[] = [];
  return {
    api,
    mqttUrl,
    token: operator.token,
    async join(password?: string): Promise<Listener> {
      const listener = await listen(mqttUrl, password === undefined ? {} : { username: 'any', password });
      joined.push(listener);
      return listener;
    },
    /** What became of the commands for an asset, as they were stored. */
    async outcomes(asset: string): Promise<string[]> {
      const query = (db: Db) => db.selectFrom('dispatches').select('outcome').where('asset_id', '=', asset).execute();
      return (await api.vtn.store.read(query)).map((row) => row.outcome);
    },
    /** The reasons of all dead letters. */
    async dead(): Promise<string[]> {
      const query = (db: Db) => db.selectFrom('dispatch_dead_letters').select('reason').orderBy('seq').execute();
      return (await api.vtn.store.read(query)).map((row) => row.reason);
    },
    async stop(): Promise<void> {
      for (const { client } of joined) client.end(true);
      await api.stop();
    },
  };
}

/** Resolves when the broker has acknowledged; rejects when it has ended the connection instead. */
const publish = ({ client, closed }: Listener, where: string, message: unknown, options: object = {}) =>
  Promise.race([
    client.publishAsync(where, typeof message === 'string' ? message : JSON.stringify(message), { qos: 1, ...options }),
    closed.then(() => Promise.reject(new Error('disconnected'))),
  ]);

describe('dispatch commands through the embedded broker', () => {
  let vtn: Awaited<ReturnType<typeof startBrokerVtn>>;
  let api: Operations;
  beforeAll(async () => {
    vtn = await startBrokerVtn();
    ({ api } = vtn);
  });
  afterAll(() => vtn.stop());

  it('are acknowledged when the command and its event are stored', async () => {
    const asset = await api.asset();
    await publish(await vtn.join(vtn.token), topic(asset), command(asset));
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]);
    expect(await vtn.outcomes(asset)).toEqual(['APPLIED']);
  });

  it('are told to the VEN at once, like every change of an event', async () => {
    const asset = await api.asset();
    const site = await api.site();
    await api.inverter(site, [asset]);
    const gateway = (await api.put(`sites/${site}/gateway`).expect(200)).body;
    const answer = await api.anonymous
      .post('/openadr3/3.1.1/auth/token')
      .type('form')
      .send({ grant_type: 'client_credentials', client_id: gateway.client_id, client_secret: gateway.client_secret });
    const ven = await vtn.join(answer.body.access_token as string);
    expect(await ven.subscribe(`openadr3/3.1/vens/${gateway.ven_id}/events/+`)).toBe(1);
    await publish(await vtn.join((await api.client('admin')).token), topic(asset), command(asset));
    await eventually(() => expect(ven.heard.map(({ text }) => text).join()).toContain(`dispatch/${asset}/`));
  });

  it('are stored in the order in which one publisher sent them, many at a time', async () => {
    const asset = await api.asset();
    const operator = await vtn.join(vtn.token);
    const messages = Array.from({ length: 100 }, (_, n) => command(asset, { target_power: mw(n) }));
    await Promise.all(messages.map((message) => publish(operator, topic(asset), message)));
    expect(await vtn.outcomes(asset)).toEqual(messages.map(() => 'APPLIED'));
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -99_000]]);
  });

  it('that are broken are acknowledged and put aside; the next one is taken on the same connection', async () => {
    const asset = await api.asset();
    const operator = await vtn.join(vtn.token);
    const before = await vtn.dead();
    await publish(operator, topic(asset), '{');
    await publish(operator, topic('DE_50HZ_NO_1'), command('DE_50HZ_NO_1'));
    await publish(operator, topic(asset), command(asset, { source: 'x'.repeat(20_000) }));
    await publish(operator, topic(asset), command(asset), { qos: 2 });
    await publish(operator, topic(asset), command(asset, { target_power: mw(1) }), { qos: 0 });
    await eventually(async () => expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -1000]]));
    expect((await vtn.dead()).slice(before.length)).toEqual(['NOT_JSON', 'UNKNOWN_ASSET', 'TOO_LARGE']);
  });

  it('are in the log with who published them', async () => {
    const asset = await api.asset();
    const operator = await api.client('bl');
    await publish(await vtn.join(operator.token), topic(asset), command(asset));
    const lines = api.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ topic: topic(asset), receipt: 'APPLIED', client: operator.id }),
    );
  });

  it('are counted by what became of them, for /metrics', async () => {
    const asset = await api.asset();
    const operator = await vtn.join(vtn.token);
    const counts = async () => {
      const { text } = await api.anonymous.get('/metrics').set('Authorization', `Bearer ${vtn.token}`).expect(200);
      const lines = text.matchAll(/^vtn_dispatch_messages_total\{outcome="(\w+)"\} (\d+)$/gm);
      return Object.fromEntries([...lines].map(([, outcome, count]) => [outcome ?? '', Number(count)]));
    };
    const before = await counts();
    const message = command(asset);
    const older = { published_at: '2026-01-15T09:00:00Z' };
    const past = { dispatch_time: '2026-01-15T09:45:00Z', delivery_period_start: '2026-01-15T09:45:00Z' };
    for (const sent of [message, message, command(asset, older), command(asset, past), '{'])
      await publish(operator, topic(asset), sent);
    const after = await counts();
    const outcomes = ['applied', 'duplicate', 'out_of_order', 'too_late', 'dead'];
    expect(outcomes.map((outcome) => (after[outcome] ?? 0) - (before[outcome] ?? 0))).toEqual([1, 1, 1, 1, 1]);
  });

  it('that cannot be stored are not acknowledged: the publisher is disconnected, and sends them again', async () => {
    const asset = await api.asset();
    const run = (statement: string) => api.vtn.store.write(({ db }) => sql.raw(statement).execute(db));
    await run(`create trigger full before insert on dispatches begin select raise(abort, 'the disk is full'); end`);
    const message = command(asset);
    await expect(publish(await vtn.join(vtn.token), topic(asset), message)).rejects.toThrow('disconnected');
    expect(api.log.some((line) => line.includes('it has to come again'))).toBe(true);
    await run('drop trigger full');
    await publish(await vtn.join(vtn.token), topic(asset), message);
    expect(await vtn.outcomes(asset)).toEqual(['APPLIED']);
  });

  it('are nobody’s but an operator’s: a VEN that publishes is disconnected, and nothing is stored', async () => {
    const asset = await api.asset();
    const ven = await vtn.join((await api.client('ven')).token);
    const before = await vtn.dead();
    await expect(publish(ven, topic(asset), command(asset))).rejects.toThrow('disconnected');
    expect(await vtn.outcomes(asset)).toEqual([]);
    expect(await vtn.dead()).toEqual(before);
  });

  it('are not an operator’s whose client was deleted', async () => {
    const asset = await api.asset();
    const admin = await api.client('admin');
    const operator = await api.client('bl');
    const listener = await vtn.join(operator.token);
    await admin.delete(`/api/v1/clients/${operator.id}`).expect(204);
    await listener.closed;
    await expect(vtn.join(operator.token)).rejects.toMatchObject({ code: 4 });
    expect(await ordered(api, asset)).toBeUndefined();
  });

  it.each([
    ['on the topics of OpenADR', 'openadr3/3.1/events/create'],
    ['above the topics of the inbox', PREFIX],
    ['below the topics of the inbox', `${PREFIX}/a/b`],
    ['on a topic without an asset', `${PREFIX}/`],
    ['beside the inbox', `${PREFIX}2/a`],
  ])('are all that an operator publishes: %s he is disconnected', async (_where, elsewhere) => {
    const operator = await vtn.join(vtn.token);
    const before = await vtn.dead();
    await expect(publish(operator, elsewhere, '{}')).rejects.toThrow('disconnected');
    expect(await vtn.dead()).toEqual(before);
  });

  it('are not handed to whoever subscribes later, even when they are sent to be retained', async () => {
    const asset = await api.asset();
    await publish(await vtn.join(vtn.token), topic(asset), command(asset), { retain: true });
    const later = await vtn.join(vtn.token);
    await later.subscribe(`${PREFIX}/+`);
    await publish(await vtn.join(vtn.token), topic(asset), command(asset, { source: 'second' }));
    await eventually(() => expect(later.heard).toHaveLength(1));
    expect(later.heard[0]?.text).toContain('second');
  });

  it.runIf(mosquittoPub)('can be sent with mosquitto_pub (skipped without Debian’s mosquitto-clients)', async () => {
    const asset = await api.asset();
    const { port } = new URL(vtn.mqttUrl);
    const args = ['-h', '127.0.0.1', '-p', port, '-q', '1', '-u', 'any', '-P', vtn.token, '-t', topic(asset), '-m'];
    await promisify(execFile)('mosquitto_pub', [...args, JSON.stringify(command(asset))]);
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]);
  });
});

describe('dispatch commands where everybody is let in without a token', () => {
  const mqtt = { authentication: 'ANONYMOUS' };
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  async function sent(ingest: object, prefix = PREFIX): Promise<string[]> {
    const vtn = await startBrokerVtn({ mqtt, ingest: { dispatches: ingest } });
    ends.push(() => vtn.stop());
    const asset = await vtn.api.asset();
    await publish(await vtn.join(), topic(asset, prefix), command(asset)).catch(() => undefined);
    return vtn.outcomes(asset);
  }

  it('are refused', async () => {
    expect(await sent({})).toEqual([]);
  });

  it('are taken when ingest.dispatches.anonymousPublishers says so, on the topic that topicPrefix says', async () => {
    expect(await sent({ anonymousPublishers: true, topicPrefix: 'orders' }, 'orders')).toEqual(['APPLIED']);
  });

  it('are refused when ingest.dispatches.enabled is false', async () => {
    expect(await sent({ anonymousPublishers: true, enabled: false })).toEqual([]);
  });
});
