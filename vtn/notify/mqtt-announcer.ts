import type { Logger } from 'pino';
import type { OutboxRow } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import type { Announced, Announcer } from './channel.ts';
import { publishInOrder } from './publish.ts';
import { messagesOf } from './resolve.ts';
import type { NotificationTransport } from './transport.ts';

export interface MqttAnnouncerOptions {
  store: Store;
  log: Logger;
  transport: NotificationTransport;
  /** Called with a client that has lost its ven, when it has been told so. */
  onBereft?: (clientId: string) => void;
  /** Called with a client that has got a ven. */
  onEndowed?: (clientId: string) => void;
}

/** Announces changes on MQTT topics. A row is done when the broker acknowledged all its messages and those of all rows before. */
export class MqttAnnouncer implements Announcer {
  readonly name = 'mqtt';
  readonly #options: MqttAnnouncerOptions;

  constructor(options: MqttAnnouncerOptions) {
    this.#options = options;
  }

  state(): 'ready' | 'wait' {
    return this.#options.transport.connected ? 'ready' : 'wait';
  }

  onReady(listener: () => void): () => void {
    return this.#options.transport.onConnected(listener);
  }

  async announce(rows: readonly OutboxRow[], mayGoOn: () => boolean): Promise<Announced> {
    const { store, log, transport, onBereft = () => undefined, onEndowed = () => undefined } = this.#options;
    const announcements = await store.read((db) => messagesOf(db, rows, log));
    const { done, failure } = await publishInOrder(transport, announcements, mayGoOn);
    for (const { bereft, endowed } of announcements.slice(0, done.length)) {
      if (bereft !== undefined) onBereft(bereft);
      if (endowed !== undefined) onEndowed(endowed);
    }
    return { upTo: done.at(-1), ...(failure === undefined ? {} : { failure }) };
  }
}
