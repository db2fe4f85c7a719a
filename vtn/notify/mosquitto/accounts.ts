import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Subscriber } from '../acl.ts';
import { mayConnect } from '../acl.ts';
import type { MqttConnectionOptions } from '../mqtt-connection.ts';
import { DynamicSecurity, type Command, type Reply } from './control.ts';
import { aclsOf, rolesOf, SHARED_ROLES, VEN_ROLE, VTN_ROLE, venOfRole } from './roles.ts';

export interface MosquittoAccountsOptions {
  /** As an administrator of the plugin; the name under which the VTN publishes too. */
  access: MqttConnectionOptions & { username: string };
  /** The vens of clients, by the clients' ids; a client that was revoked is not in it. */
  vensOf: (clientIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Called once, when the VTN may publish. */
  onReady: () => void;
  clock: Clock;
  log: Logger;
}

/** An account that we made. */
interface Account {
  /** Of the access token that is its password. */
  digest: string;
  /** When the token ends, ms. */
  untilMs: number;
  roles: string[];
}

/** Accounts with other descriptions are somebody else's, and are not touched. */
const MARK = 'openadr-gateway';
const EXPIRY_CHECK_MS = 1_000;
/** How long a request waits for its client's account. */
const PATIENCE_MS = 2_000;

/**
 * Keeps accounts and rights at a mosquitto in step with the VTN (Definition "MQTT": the VTN must enforce access to the topics).
 *
 * A client's account has its client id as name and its newest access token as password (`OAUTH2_BEARER_TOKEN` with user name
 * `{clientID}`). It is made when the client asks where notifications are to be had, renewed with each token, and deleted when the
 * token ends or the client is revoked; mosquitto ends the connections of an account with every change. What the accounts are is
 * kept by mosquitto alone, and looked at anew with each connection.
 */
export class MosquittoAccounts {
  readonly #options: MosquittoAccountsOptions;
  readonly #control: DynamicSecurity;
  readonly #accounts = new Map<string, Account>();
  #queue: Promise<unknown> = Promise.resolve();
  #expiry: NodeJS.Timeout | undefined;
  #isReady = false;
  /** Those who wait for the next look at all accounts. */
  #waiting: (() => void)[] = [];

  constructor(options: MosquittoAccountsOptions) {
    this.#options = options;
    this.#control = new DynamicSecurity(options.access, () => {
      void this.#later('look at all accounts', () => this.#reconcile());
    });
  }

  start(): void {
    this.#control.start();
    this.#expiry = setInterval(() => this.#dropExpired(), EXPIRY_CHECK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#expiry);
    await this.#control.stop();
    await this.#queue;
  }

  /**
   * Lets a client in with this access token. Resolves when that is done, or cannot be done now.
   *
   * @param mustHaveOne false: only when the client has an account already
   */
  async admit(who: Subscriber, token: string, untilMs: number, mustHaveOne: boolean): Promise<void> {
    const known = this.#accounts.get(who.clientId);
    const digest = createHash('sha256').update(token).digest('hex').slice(0, 32);
    if (!mayConnect(who) || (!known && !mustHaveOne)) return;
    // A client with several tokens gets in with the one that lasts longest.
    if (known && (known.digest === digest || known.untilMs > untilMs)) return;
    let patience: NodeJS.Timeout | undefined;
    const impatient = new Promise<void>((resolve) => (patience = setTimeout(resolve, PATIENCE_MS)));
    const account = { digest, untilMs, roles: rolesOf(who) };
    const made = async (): Promise<void> => {
      if (!this.#isReady || !this.#control.connected) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await this.#later('make an account', () => this.#put(who.clientId, account, token));
    };
    await Promise.race([made(), impatient]);
    clearTimeout(patience);
  }

  /** Ends an account: its client was revoked. */
  forget(clientId: string): void {
    if (!this.#accounts.has(clientId)) return;
    void this.#later('delete an account', () => this.#delete([clientId]));
  }

  /** Its client has got or lost a ven. */
  refresh(clientId: string): void {
    void this.#later('change the rights of an account', () => this.#align([clientId]));
  }

  /** One thing after the other. What fails is made good for at the next connection. */
  #later(what: string, work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(async () => {
      if (!this.#control.connected) return;
      try {
        await work();
      } catch (err) {
        this.#options.log.warn({ err }, `mosquitto: could not ${what}`);
      }
    });
    this.#queue = done;
    return done;
  }

  async #reconcile(): Promise<void> {
    const { username } = this.#options.access;
    const shared = Object.keys(SHARED_ROLES);
    await this.#create(shared);
    await this.#warnOfDefaults();
    const [own] = await this.#run([{ command: 'getClient', username }]);
    const ownRoles = (own?.data as { client?: { roles?: { rolename: string }[] } } | undefined)?.client?.roles ?? [];
    if (!ownRoles.some(({ rolename }) => rolename === VTN_ROLE)) {
      // This ends our own connections; the next ones have the right.
      await this.#run([{ command: 'addClientRole', username, rolename: VTN_ROLE }]);
      return;
    }
    const [list] = await this.#run([{ command: 'listClients', verbose: true }]);
    this.#accounts.clear();
    for (const [name, account] of accountsIn(list)) if (name !== username) this.#accounts.set(name, account);
    this.#dropExpired();
    await this.#align([...this.#accounts.keys()]);
    if (!this.#isReady) this.#options.onReady();
    this.#isReady = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Gives the accounts the roles that they should have, and deletes those of revoked clients. */
  async #align(clientIds: readonly string[]): Promise<void> {
    const known = clientIds.filter((id) => this.#accounts.has(id));
    const vensOf = await this.#options.vensOf(known);
    await this.#delete(known.filter((id) => !vensOf.has(id)));
    const changes = known.flatMap((id) => {
      const account = this.#accounts.get(id);
      if (!account) return [];
      const role = account.roles.includes(VEN_ROLE) ? 'ven' : 'bl';
      const roles = rolesOf({ role, venIds: vensOf.get(id) ?? [] });
      return sameNames(roles, account.roles) ? [] : [{ id, account, roles }];
    });
    await this.#create(changes.flatMap(({ roles }) => roles));
    await this.#run(changes.map(({ id, roles }) => ({ command: 'modifyClient', username: id, roles: named(roles) })));
    const left = changes.flatMap(({ account, roles }) => account.roles.filter((role) => !roles.includes(role)));
    for (const { account, roles } of changes) account.roles = roles;
    const held = new Set([...this.#accounts.values()].flatMap(({ roles }) => roles));
    const unused = left.filter((role) => venOfRole(role) !== undefined && !held.has(role));
    await this.#run(unused.map((rolename) => ({ command: 'deleteRole', rolename })));
  }

  async #put(username: string, account: Account, token: string): Promise<void> {
    await this.#create(account.roles);
    const command = this.#accounts.has(username) ? 'modifyClient' : 'createClient';
    const textdescription = `${MARK} ${account.digest} ${account.untilMs}`;
    const fields = { username, password: token, textdescription, roles: named(account.roles) };
    const [reply] = await this.#run([{ command, ...fields }]);
    if (reply?.error === undefined) this.#accounts.set(username, account);
    else this.#options.log.error({ client: username, reason: reply.error }, 'mosquitto: no account for this client');
  }

  async #delete(clientIds: readonly string[]): Promise<void> {
    for (const id of clientIds) this.#accounts.delete(id);
    await this.#run(clientIds.map((username) => ({ command: 'deleteClient', username })));
  }

  #dropExpired(): void {
    const nowMs = this.#options.clock.nowMs();
    const expired = [...this.#accounts].filter(([, { untilMs }]) => untilMs <= nowMs).map(([id]) => id);
    if (expired.length > 0) void this.#later('delete accounts', () => this.#delete(expired));
  }

  /** Roles that are there already are as we made them. */
  async #create(roles: readonly string[]): Promise<void> {
    const names = [...new Set(roles)];
    await this.#run(names.map((rolename) => ({ command: 'createRole', rolename, acls: aclsOf(rolename) })));
  }

  /** Rights that everybody has cannot be taken from anyone. */
  async #warnOfDefaults(): Promise<void> {
    const [reply] = await this.#run([{ command: 'getDefaultACLAccess' }]);
    const { acls = [] } = (reply?.data ?? {}) as { acls?: { acltype: string; allow: boolean }[] };
    const open = acls.filter(({ acltype, allow }) => allow && ['subscribe', 'publishClientSend'].includes(acltype));
    if (open.length === 0) return;
    const rights = open.map(({ acltype }) => acltype);
    this.#options.log.error({ rights }, 'mosquitto gives these rights to everybody: VENs are not kept apart');
  }

  async #run(commands: readonly Command[]): Promise<Reply[]> {
    return commands.length === 0 ? [] : this.#control.run(commands);
  }
}

function accountsIn(list: Reply | undefined): [string, Account][] {
  const { clients = [] } = (list?.data ?? {}) as {
    clients?: { username: string; textdescription?: string; roles?: { rolename: string }[] }[];
  };
  return clients.flatMap(({ username, textdescription = '', roles = [] }) => {
    const [mark, digest = '', until = ''] = textdescription.split(' ');
    if (mark !== MARK) return [];
    return [[username, { digest, untilMs: Number(until), roles: roles.map(({ rolename }) => rolename) }]];
  });
}

const named = (roles: readonly string[]) => roles.map((rolename) => ({ rolename }));
const sameNames = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join();
