/**
 * A VTN's store and webhooks in a process of their own, to be killed: commits updates of a few events one after the other and says
 * after each commit what it committed. Arguments: database file; URL of the receiver; `send`, or `keep`: nothing is sent.
 */
import { pino } from 'pino';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { vtnConfig } from '../../../vtn/config.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { createWebhooks } from '../../../vtn/webhooks.ts';
import { aProgram, aSubscription, anEvent, created, updated } from '../../support/openadr-objects.ts';

const [path = '', callbackUrl = '', mode = 'send'] = process.argv.slice(2);
const store = new SqliteStore({ path, clock: systemClock });
await store.start();
const log = pino({ level: 'silent' });
const { webhooks: config } = vtnConfig.parse({ webhooks: { allowInsecure: true } });
const deps = { store, clock: systemClock, ids: randomIds, log, caller: undefined, keptForMs: 0 };
if (mode === 'send') await createWebhooks(config, deps).start();
const events = ['e1', 'e2', 'e3'];
const subscription = aSubscription('s', {
  objectOperations: [{ objects: ['EVENT'], operations: ['CREATE', 'UPDATE'], callbackUrl, bearerToken: null }],
});
await store.write((tx) =>
  tx.apply(created(subscription, aProgram('p'), ...events.map((id) => anEvent(id, 'p', { eventName: '0' })))),
);
for (let n = 1; ; n += 1) {
  const id = events[n % events.length] ?? 'e1';
  await store.write((tx) => tx.apply(updated(anEvent(id, 'p', { eventName: `${n}` }))));
  process.stdout.write(`${id} ${n}\n`);
}
