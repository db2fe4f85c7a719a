import { createHash, timingSafeEqual } from 'node:crypto';
import type { Aedes, AuthenticateError, Client, ConnectPacket } from 'aedes';
import { mayConnect, mayPublish, mayRead } from './acl.ts';
import type { Admission, BrokerWorkerData } from './broker-messages.ts';

/** What the VTN says about a token. `failed`: it could not be asked. */
export type Verdict = Admission | 'refused' | 'failed';

/** CONNACK return codes (MQTT 3.1.1 table 3.1). */
type ReturnCode = 2 | 3 | 4 | 5;

/** Hands the VTN what a client has published; resolves to true when it is stored. */
export type Hand = (clientId: string, topic: string, payload: Uint8Array) => Promise<boolean>;

interface Session {
  /** `internal`: the VTN's own client. */
  who: Admission | 'internal';
  token?: string;
  filters: Set<string>;
  /** How often this connection may still have its vens looked up again before the next check. */
  lookUps: number;
  expiry?: NodeJS.Timeout;
}

/** Bounds for one connection, generous for an agent. */
const MAX_FILTERS = 1000;
const MAX_LOOK_UPS = 10;
/** setTimeout cannot wait longer; the periodic check covers what lasts longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Decides who connects to the broker and what he hears (Definition "MQTT": the VTN must enforce access to the topics).
 *
 * - Sessions end with the connection (CONNACK says "session present 0"): nothing is kept for a client whose token may be
 *   revoked meanwhile, and nobody can take over another's session by naming its client id. Who reconnects looks again.
 * - A client id is valid only within one OAuth client, for the same reason.
 * - Nobody but the VTN publishes, and operators into its inbox; wills are publications too. What is published there is
 *   acknowledged when the VTN has stored it. Whoever publishes what he may not, or what could not be stored, is disconnected
 *   (MQTT 3.1.1 3.3.5), and what was not acknowledged comes again.
 */
export class Gate {
  readonly #data: BrokerWorkerData;
  readonly #ask: (token: string) => Promise<Verdict>;
  readonly #hand: Hand;
  readonly #waiting = new WeakMap<Client, Session | ReturnCode>();
  readonly #sessions = new Map<Client, Session>();
  readonly #internalOnly = new WeakSet<object>();
  #recheck: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(data: BrokerWorkerData, ask: (token: string) => Promise<Verdict>, hand: Hand) {
    this.#data = data;
    this.#ask = ask;
    this.#hand = hand;
  }

  /** Puts the gate's hooks on the broker and begins the periodic check. */
  start(broker: Aedes): void {
    broker.preConnect = (client, packet, done) => {
      void this.#receive(client, packet).then(() => done(null, true));
    };
    broker.authenticate = (client, _username, _password, done) => {
      const result = this.#waiting.get(client) ?? 5;
      if (typeof result === 'number') done(refusal(result), false);
      else done(null, true);
    };
    broker.authorizePublish = (client, packet, done) => {
      const who = client === null ? undefined : this.#sessions.get(client)?.who;
      if (who === 'internal') return done(null);
      if (who === undefined || !this.#mayHand(who, packet.topic)) return done(new Error('this client may not publish'));
      // An order is for now; nobody gets it handed again when he subscribes.
      packet.retain = false;
      void this.#hand(who.clientId, packet.topic, Buffer.from(packet.payload)).then((taken) =>
        done(taken ? null : new Error('what was published could not be stored')),
      );
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      void this.#maySubscribe(client, subscription.topic).then((may) => done(null, may ? subscription : null));
    };
    broker.authorizeForward = (client, packet) => {
      const who = this.#sessions.get(client)?.who;
      return who !== undefined && (who === 'internal' || mayRead(who, packet.topic)) ? packet : null;
    };
    broker.on('client', (client) => this.#admit(client));
    broker.on('clientDisconnect', (client) => this.#forget(client));
    broker.on('unsubscribe', (topics, client) => {
      for (const topic of topics) this.#sessions.get(client)?.filters.delete(topic);
    });
    this.#recheck = setTimeout(() => void this.#checkAll(), this.#data.recheckMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#recheck);
    for (const session of this.#sessions.values()) clearTimeout(session.expiry);
  }

  /** Nobody but the VTN may come over this connection. */
  expectInternal(connection: object): void {
    this.#internalOnly.add(connection);
  }

  isInternal(client: Client): boolean {
    return this.#sessions.get(client)?.who === 'internal';
  }

  /** Ends every connection of an OAuth client. */
  kick(clientId: string): void {
    for (const [client, { who }] of this.#sessions) {
      if (who !== 'internal' && who.clientId === clientId) client.close();
    }
  }

  async #receive(client: Client, packet: ConnectPacket): Promise<void> {
    let result = await this.#judge(packet);
    if (typeof result !== 'number' && result.who !== 'internal' && this.#internalOnly.has(client.conn)) result = 5;
    this.#waiting.set(client, result);
    if (typeof result === 'number') return;
    packet.clean = true;
    delete packet.will;
    // An empty id stays empty: the broker makes one up (MQTT 3.1.1 3.1.3.1).
    const owner = result.who === 'internal' ? 'internal' : `client/${result.who.clientId}`;
    if (packet.clientId !== '') packet.clientId = `${owner}/${packet.clientId}`;
  }

  async #judge(packet: ConnectPacket): Promise<Session | ReturnCode> {
    if (packet.clientId === '' && packet.clean === false) return 2;
    const session = { filters: new Set<string>(), lookUps: MAX_LOOK_UPS };
    const password = packet.password?.toString() ?? '';
    const { internal } = this.#data;
    if (packet.username === internal.username && sameSecret(password, internal.password)) {
      return { ...session, who: 'internal' };
    }
    if (this.#data.authentication === 'ANONYMOUS') {
      return { ...session, who: { clientId: '', role: 'bl', venIds: [] } };
    }
    // Definition "MQTT Notifier Binding Authentication Enumerations": the token is the password, the user name is anything.
    if (password === '') return 4;
    const verdict = await this.#ask(password);
    if (verdict === 'refused') return 4;
    if (verdict === 'failed') return 3;
    return mayConnect(verdict) ? { ...session, who: verdict, token: password } : 5;
  }

  #mayHand(who: Admission, topic: string): boolean {
    const { inbox, authentication } = this.#data;
    if (inbox === undefined || (authentication === 'ANONYMOUS' && !inbox.anonymous)) return false;
    return mayPublish(who, topic, inbox.topicPrefix);
  }

  #admit(client: Client): void {
    const session = this.#waiting.get(client);
    if (session === undefined || typeof session === 'number') return;
    this.#sessions.set(client, session);
    this.#scheduleExpiry(client, session);
  }

  #forget(client: Client): void {
    clearTimeout(this.#sessions.get(client)?.expiry);
    this.#sessions.delete(client);
  }

  #scheduleExpiry(client: Client, session: Session): void {
    clearTimeout(session.expiry);
    if (session.who === 'internal' || session.who.lastsMs === undefined) return;
    session.expiry = setTimeout(() => client.close(), Math.min(session.who.lastsMs, MAX_TIMER_MS));
  }

  async #maySubscribe(client: Client, filter: string): Promise<boolean> {
    const session = this.#sessions.get(client);
    if (session === undefined || session.who === 'internal') return false;
    if (!session.filters.has(filter) && session.filters.size >= MAX_FILTERS) return false;
    let may = mayRead(session.who, filter);
    if (!may && session.token !== undefined && session.lookUps > 0) {
      // Its ven may have been made after it connected.
      session.lookUps -= 1;
      await this.#check(client, session);
      may = mayRead(session.who, filter);
    }
    if (may) session.filters.add(filter);
    return may;
  }

  async #checkAll(): Promise<void> {
    for (const [client, session] of [...this.#sessions]) {
      session.lookUps = MAX_LOOK_UPS;
      if (!(await this.#check(client, session))) break;
    }
    if (!this.#stopped) this.#recheck = setTimeout(() => void this.#checkAll(), this.#data.recheckMs);
  }

  /**
   * Asks again for a connection: its token may be revoked, its vens may have changed.
   * @returns false when the VTN could not be asked; that changes nothing
   */
  async #check(client: Client, session: Session): Promise<boolean> {
    if (session.token === undefined) return true;
    const verdict = await this.#ask(session.token);
    if (verdict === 'failed') return false;
    if (!this.#sessions.has(client)) return true;
    if (verdict === 'refused' || !mayConnect(verdict)) {
      client.close();
      return true;
    }
    session.who = verdict;
    this.#scheduleExpiry(client, session);
    return true;
  }
}

function refusal(returnCode: ReturnCode): AuthenticateError {
  return Object.assign(new Error(`refused with code ${returnCode}`), { returnCode });
}

/** In constant time, whatever the lengths. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
