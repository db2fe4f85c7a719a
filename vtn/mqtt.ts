import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { ApiError } from './api/errors.ts';
import type { Tokens } from './auth/tokens.ts';
import type { VtnConfig } from './config.ts';
import { DispatchSubscriber } from './ingest/dispatch-subscriber.ts';
import type { DispatchInbox } from './ingest/dispatches.ts';
import { EmbeddedBroker, type Authenticated } from './notify/broker.ts';
import { Channel } from './notify/channel.ts';
import { MosquittoAccounts } from './notify/mosquitto/accounts.ts';
import { MqttAnnouncer, type MqttAnnouncerOptions } from './notify/mqtt-announcer.ts';
import type { MqttConnectionOptions } from './notify/mqtt-connection.ts';
import { readMqttFiles } from './notify/mqtt-files.ts';
import { MqttTransport } from './notify/mqtt.ts';
import type { Store } from './store/store.ts';
import { venByClientId, vensOfClients } from './store/vens.ts';

export interface MqttDeps {
  store: Store;
  tokens: Tokens;
  clock: Clock;
  log: Logger;
  inbox: DispatchInbox | undefined;
  /** How long the outbox is kept. */
  keptForMs: number;
}

/** What the API has to know of the broker. */
export interface RunningMqtt {
  url?: string;
  /** Lets the bearer of this token in; see `MosquittoAccounts.admit`. */
  admit?: (token: string, mustHaveOne: boolean) => Promise<void>;
}

type Stop = () => void | Promise<void>;
type Access = Omit<MqttConnectionOptions, 'log'>;

/**
 * Starts broker, notifications and the intake of commands as configured, for `main.ts`.
 *
 * @param running gets what ends each part
 * @throws ConfigError when a file that is named cannot be used
 */
export async function startMqtt(config: VtnConfig, deps: MqttDeps, running: Stop[]): Promise<RunningMqtt> {
  const { store, clock, log, tokens, keptForMs } = deps;
  const { mode, dynamicSecurity } = config.mqtt;
  if (mode === 'off') return {};
  const announce = (transport: MqttTransport, vens: Pick<MqttAnnouncerOptions, 'onBereft' | 'onEndowed'>): void => {
    const announcer = new MqttAnnouncer({ store, log, transport, ...vens });
    const channel = new Channel({ store, clock, log, announcer, keptForMs });
    channel.start();
    running.push(() => channel.stop());
  };
  if (mode === 'embedded') {
    const broker = embeddedBroker(config, deps);
    const started = await broker.start();
    running.push(() => broker.stop());
    const kick = (clientId: string): void => broker.kick(clientId);
    running.push(tokens.onRevoked(kick));
    const transport = new MqttTransport({ ...broker.internal, log });
    transport.start();
    running.push(() => transport.stop());
    announce(transport, { onBereft: kick });
    return started;
  }
  const access = externalAccess(config.mqtt);
  startIntake(config, access, deps, running);
  // A mosquitto that keeps the VTN out would acknowledge to a client of 3.1.1 what it throws away.
  const transport = new MqttTransport({ ...access, log, ...(dynamicSecurity ? { protocolVersion: 5 } : {}) });
  running.push(() => transport.stop());
  if (!dynamicSecurity) {
    transport.start();
    announce(transport, {});
    return { url: access.url };
  }
  const accounts = new MosquittoAccounts({
    access: { ...access, username: access.username ?? '', protocolVersion: 5, log },
    vensOf: (clientIds) => store.read((db) => vensOfClients(db, clientIds)),
    onReady: () => transport.start(),
    clock,
    log,
  });
  accounts.start();
  running.push(() => accounts.stop());
  running.push(tokens.onRevoked((clientId) => accounts.forget(clientId)));
  const refresh = (clientId: string): void => accounts.refresh(clientId);
  announce(transport, { onBereft: refresh, onEndowed: refresh });
  const admit = async (token: string, mustHaveOne: boolean): Promise<void> => {
    const who = await subscriberOf(token, deps);
    if (who) await accounts.admit(who, token, who.expiresMs ?? Infinity, mustHaveOne);
  };
  return { url: access.url, admit };
}

function embeddedBroker({ mqtt, ingest }: VtnConfig, deps: MqttDeps): EmbeddedBroker {
  const { topicPrefix, anonymousPublishers: anonymous } = ingest.dispatches;
  const receive = deps.inbox?.receive.bind(deps.inbox);
  return new EmbeddedBroker({
    host: mqtt.host,
    port: mqtt.port,
    tls: readMqttFiles(mqtt).tls,
    authentication: mqtt.authentication,
    authenticate: (token) => subscriberOf(token, deps),
    ...(receive ? { inbox: { topicPrefix, anonymous, receive } } : {}),
    clock: deps.clock,
    log: deps.log,
  });
}

function externalAccess(mqtt: VtnConfig['mqtt']): Access {
  const { url = '', username, password } = mqtt;
  const { ca } = readMqttFiles(mqtt);
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function startIntake({ ingest }: VtnConfig, access: Access, { inbox, log }: MqttDeps, running: Stop[]): void {
  const { topicPrefix, sessionId } = ingest.dispatches;
  if (!inbox) return;
  const receive = inbox.receive.bind(inbox);
  const subscriber = new DispatchSubscriber({ ...access, log, sessionId, topicPrefix, receive });
  subscriber.start();
  running.push(() => subscriber.stop());
}

/** Who is behind an MQTT password, which is an access token; undefined when the token is not good. */
async function subscriberOf(token: string, { store, tokens }: MqttDeps): Promise<Authenticated | undefined> {
  try {
    const { caller, expiresMs } = await tokens.inspect(token);
    if (caller.role === 'anonymous') return undefined;
    const ven = await store.read((db) => venByClientId(db, caller.clientId));
    return { clientId: caller.clientId, role: caller.role, venIds: ven ? [ven.id] : [], expiresMs };
  } catch (error) {
    if (error instanceof ApiError && (error.code === 'invalid_token' || error.code === 'unauthorized'))
      return undefined;
    throw error;
  }
}
