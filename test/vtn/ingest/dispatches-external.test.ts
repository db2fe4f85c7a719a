import { sql } from 'kysely';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mosquitto, mosquittoPath } from '../../support/mosquitto.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { eventually } from '../notify/support.ts';
import { mw, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';
import { command, ordered, PREFIX } from './dispatch-support.ts';

describe.runIf(mosquittoPath)("dispatch commands through Debian's mosquitto (skipped without it)", () => {
  const mosquitto = new Mosquitto();
  const folder = tempDir();
  let api: Operations;
  let publisher: MqttClient;
  let asset: string;
  beforeAll(async () => {
    await mosquitto.start();
    api = await startVtnThere();
    await listening();
    publisher = await connectAsync(mosquitto.url);
    asset = await api.asset();
  });
  afterAll(async () => {
    publisher?.end(true);
    await api?.stop();
    await mosquitto.remove();
    await folder.remove();
  });

  const startVtnThere = (dispatches: object = { enabled: true }) =>
    startOperations(
      {
        mqtt: { mode: 'external', url: mosquitto.url },
        ingest: { dispatches },
        store: { path: `${folder.path}/vtn.db` },
      },
      randomIds,
    );
  const told = (words: string) => api.log.some((line) => line.includes(words));
  const listening = () => eventually(() => expect(told('listening for dispatch commands')).toBe(true));
  const publish = (message: unknown) =>
    publisher.publishAsync(`${PREFIX}/${asset}`, typeof message === 'string' ? message : JSON.stringify(message), {
      qos: 1,
    });
  const stored = () =>
    api.vtn.store.read((db) => db.selectFrom('dispatches').selectAll().orderBy('target_power_w').execute());

  it('become the history and the event of the delivery period', async () => {
    await publish(command(asset));
    await eventually(async () => expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]));
  });

  it('that are broken are put aside once, and do not stop the next one', async () => {
    await publish('{');
    await publish(command(asset, { target_power: mw(6) }));
    await eventually(async () => expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -6000]]));
    expect((await api.get('dispatches/dead-letters')).body.dead_letters).toMatchObject([{ reason: 'NOT_JSON' }]);
  });

  it('that cannot be stored come again, each once and in order', async () => {
    const run = (statement: string) => api.vtn.store.write(({ db }) => sql.raw(statement).execute(db));
    await run(`create trigger full before insert on dispatches begin select raise(abort, 'the disk is full'); end`);
    const before = (await stored()).length;
    for (const power of [7, 8, 9]) await publish(command(asset, { target_power: mw(power) }));
    await eventually(() => expect(told('it has to come again')).toBe(true));
    await run('drop trigger full');
    await eventually(async () => expect(await stored()).toHaveLength(before + 3));
    expect((await stored()).map((row) => row.outcome)).not.toContain('OUT_OF_ORDER');
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -9000]]);
  });

  it('that come while the VTN is away, or the broker is restarted, are there when both are back', async () => {
    const before = (await stored()).length;
    await api.stop();
    await publish(command(asset, { target_power: mw(10) }));
    publisher.end(true);
    await mosquitto.stop();
    await mosquitto.start();
    publisher = await connectAsync(mosquitto.url);
    await publish(command(asset, { target_power: mw(11) }));
    api = await startVtnThere();
    await eventually(async () => expect(await stored()).toHaveLength(before + 2));
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -11_000]]);
  });

  it('go on after the broker was away', async () => {
    publisher.end(true);
    await mosquitto.stop();
    await eventually(() => expect(told('not reachable')).toBe(true));
    await mosquitto.start();
    publisher = await connectAsync(mosquitto.url);
    await publish(command(asset, { target_power: mw(12) }));
    await eventually(async () => expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -12_000]]));
  });

  it('are not listened for unless ingest.dispatches.enabled says so, since another broker lets in whom it likes', async () => {
    await api.stop();
    api = await startVtnThere({});
    await eventually(() => expect(told('connected to the MQTT broker')).toBe(true));
    expect(told('listening for dispatch commands')).toBe(false);
  });
});
