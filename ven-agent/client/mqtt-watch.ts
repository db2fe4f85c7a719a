import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import type { Logger } from '@openadr-gateway/shared/log.ts';
import { mqttAddress } from '@openadr-gateway/shared/mqtt-address.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { MqttBinding } from './vtn-client.ts';

export interface MqttWatchDeps {
  /** Asks the VTN anew at every attempt: the token of the last one may be over. Undefined: nothing to connect to. */
  discover: () => Promise<MqttBinding | undefined>;
  /** Called when the broker refuses the credentials. */
  onRefused: () => void;
  /** Called for every notification of events. */
  onNotification: () => void;
  /** Called for every notification of resources, and after every (re)connection, since anything may have been missed. */
  onEnrolment: () => void;
  random: () => number;
  log: Logger;
}

export type MqttState = 'stopped' | 'connecting' | 'connected' | 'waiting' | 'none';

/** A VTN without MQTT is asked again this often whether it has one now. */
const NO_BINDING_RETRY_MS = 300_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** setTimeout cannot wait longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Listens for notifications of this VEN's events and resources. A message only means "look again": its content is never used, nothing
 * is queued and nothing is replayed, so a lost or repeated one does no harm.
 */
export class MqttWatch {
  readonly #deps: MqttWatchDeps;
  #state: MqttState = 'stopped';
  #client: MqttClient | undefined;
  /** Still listening with the token before, until there is another connection. */
  #previous: MqttClient | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #notifications = 0;

  constructor(deps: MqttWatchDeps) {
    this.#deps = deps;
  }

  get status(): { state: MqttState; notifications: number } {
    return { state: this.#state, notifications: this.#notifications };
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    const clients = [this.#client, this.#previous];
    this.#client = undefined;
    this.#previous = undefined;
    await Promise.all(clients.map(async (client) => client?.endAsync(true)));
  }

  async #connect(): Promise<void> {
    const { discover, log } = this.#deps;
    this.#state = 'connecting';
    let binding: MqttBinding | undefined;
    try {
      binding = await discover();
    } catch (error) {
      log.debug({ err: error }, 'no word from the VTN about its notifiers');
      this.#retry(backoffMs(this.#attempt++, this.#deps.random));
      return;
    }
    if (this.#isStopped()) return;
    if (binding === undefined) {
      log.info('the VTN offers no MQTT notifications: polling only');
      this.#retry(NO_BINDING_RETRY_MS);
      this.#state = 'none';
      return;
    }
    try {
      this.#open(binding);
    } catch (error) {
      // An address that is none.
      log.warn({ err: error, urls: binding.urls }, 'the VTN names a broker that cannot be connected to');
      this.#retry(backoffMs(this.#attempt++, this.#deps.random));
    }
  }

  #open({ urls, credentials, ca, renewInMs, topics: eventTopics, enrolmentTopics }: MqttBinding): void {
    const { log, onEnrolment, onNotification, onRefused } = this.#deps;
    const topics = [...eventTopics, ...enrolmentTopics];
    // Of several brokers another one is tried at every attempt.
    const url = urls[this.#attempt % urls.length] ?? '';
    const client = mqtt.connect({
      ...mqttAddress(url),
      ...credentials,
      ...(ca === undefined ? {} : { ca }),
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: 30,
      queueQoSZero: false,
      timerVariant: 'native',
    });
    this.#previous ??= this.#client;
    this.#client = client;
    client.on('connect', () => {
      client.subscribe(topics, { qos: 1 }, (error, granted) => {
        // 3.1.1, 3.9.3: 0x80 is a refusal of one topic.
        const refused = granted?.filter((grant) => (grant.qos as number) > 2) ?? [];
        if (error !== null || refused.length > 0) {
          log.warn({ err: error ?? undefined, topics }, 'the broker refuses the subscription');
          if (refused.length > 0) onRefused();
          client.end(true);
          return;
        }
        log.info({ url, topics }, 'listening for notifications');
        this.#state = 'connected';
        this.#attempt = 0;
        this.#previous?.end(true);
        this.#previous = undefined;
        // The broker ends the connection when the token does: before, another one is made with a new token.
        clearTimeout(this.#renewal);
        if (renewInMs !== undefined)
          this.#renewal = setTimeout(() => void this.#connect(), Math.min(renewInMs, MAX_TIMER_MS));
        onEnrolment();
      });
    });
    client.on('message', (topic) => {
      this.#notifications += 1;
      if (enrolmentTopics.some((filter) => covers(filter, topic))) onEnrolment();
      else onNotification();
    });
    client.on('error', (error) => {
      // CONNACK 4 and 5 (3.1.1, 3.2.2.3): bad credentials, not authorised.
      if ('code' in error && (error.code === 4 || error.code === 5)) onRefused();
      log.debug({ err: error }, 'notifications');
      client.end(true);
    });
    client.on('close', () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      clearTimeout(this.#renewal);
      if (this.#state === 'connected') log.warn({ url }, 'notifications lost: polling until they are back');
      this.#retry(backoffMs(this.#attempt++, this.#deps.random));
    });
  }

  #retry(afterMs: number): void {
    if (this.#isStopped()) return;
    this.#state = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), afterMs);
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }
}

/** Whether a filter asks for a topic (MQTT 3.1.1, 4.7.1). */
function covers(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  if (wanted.at(-1) !== '#' && wanted.length !== levels.length) return false;
  return wanted.every((level, i) => level === '#' || level === '+' || level === levels[i]);
}
