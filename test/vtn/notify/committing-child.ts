/**
 * A VTN's store and notifier in a process of their own, to be killed: commits updates of a few events one after the other and
 * says after each commit what it committed. Arguments: database file, broker URL, user name, password; `-` as URL: nothing is sent.
 */
import { pino } from 'pino';
import { systemClock } from '../../../shared/time/clock.ts';
import { MqttTransport } from '../../../vtn/notify/mqtt.ts';
import { Channel } from '../../../vtn/notify/channel.ts';
import { MqttAnnouncer } from '../../../vtn/notify/mqtt-announcer.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { aProgram, anEvent, created, updated } from '../../support/openadr-objects.ts';

const silent = pino({ level: 'silent' });
const [path = '', url = '-', username = '', password = ''] = process.argv.slice(2);
const store = new SqliteStore({ path, clock: systemClock });
await store.start();
if (url !== '-') {
  const transport = new MqttTransport({ url, username, password, log: silent });
  transport.start();
  const announcer = new MqttAnnouncer({ store, transport, log: silent });
  new Channel({ store, clock: systemClock, announcer, log: silent }).start();
}
const events = ['e1', 'e2', 'e3'];
await store.write((tx) => tx.apply(created(aProgram('p'), ...events.map((id) => anEvent(id, 'p')))));
for (let n = 1; ; n += 1) {
  const id = events[n % events.length] ?? 'e1';
  await store.write((tx) => tx.apply(updated(anEvent(id, 'p', { eventName: `${n}` }))));
  process.stdout.write(`${id} ${n}\n`);
}
