import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { clientById, insertClient, revokeClient, updateClientSecret } from '../store/clients.ts';
import type { Db, Writer } from '../store/store.ts';
import { isDeactivated } from '../store/utilities.ts';
import { endSubscriptionsChanges } from '../store/subscriptions.ts';
import { ROLES, SCOPES_BY_ROLE } from './caller.ts';
import type { Caller, Role } from './caller.ts';
import { hashSecret, newSecret } from './secrets.ts';
import type { SecretVerifier } from './secrets.ts';

export interface NewClient {
  name: string;
  role: Role;
  /** Whose plants it manages; for role `customer`. */
  account?: string;
  /** For role `utility`. */
  utility?: { id?: string; level: 'spectator' | 'leader' | 'admin' };
}

/** Shown once. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
}

/** A secret that no client has yet, with its hash. */
export interface PreparedSecret {
  clientSecret: string;
  secretHash: string;
}

/** Makes a secret and its hash. That takes milliseconds on purpose: do it before a transaction, for which others queue. */
export async function prepareSecret(): Promise<PreparedSecret> {
  const clientSecret = newSecret();
  return { clientSecret, secretHash: await hashSecret(clientSecret) };
}

/** Makes an OAuth client with this secret, of which only the scrypt hash is stored. */
export async function createClient(
  db: Db,
  client: NewClient,
  { clientSecret, secretHash }: PreparedSecret,
  deps: { clock: Clock; ids: IdSource },
): Promise<Credentials> {
  const clientId = deps.ids.next();
  await insertClient(db, {
    id: clientId,
    name: client.name,
    role: client.role,
    secret_hash: secretHash,
    account: client.account ?? null,
    utility_id: client.utility?.id ?? null,
    utility_level: client.utility?.level ?? null,
    created_ms: deps.clock.nowMs(),
    revoked_ms: null,
  });
  return { clientId, clientSecret };
}

/**
 * Gives a client another secret; the old one is void at once, tokens that it was given live on until they expire.
 *
 * @returns undefined when there is no such client, or it is revoked.
 */
export async function rotateSecret(
  db: Db,
  clientId: string,
  { clientSecret, secretHash }: PreparedSecret,
): Promise<Credentials | undefined> {
  return (await updateClientSecret(db, clientId, secretHash)) ? { clientId, clientSecret } : undefined;
}

/**
 * Ends a client: its tokens count no more, and what it has subscribed to is deleted, since nobody may be told in its name.
 *
 * @returns false when there is no such client, or it was revoked before
 */
export async function endClient(tx: Writer, clientId: string, { clock }: { clock: Clock }): Promise<boolean> {
  if (!(await revokeClient(tx.db, clientId, clock.nowMs()))) return false;
  await tx.apply(await endSubscriptionsChanges(tx.db, clientId));
  return true;
}

/** Who these credentials belong to, or undefined. Unknown, revoked, deactivated and wrong all take the same time. */
export async function authenticateClient(
  db: Db,
  { clientId, clientSecret }: Credentials,
  verifier: SecretVerifier,
): Promise<Caller | undefined> {
  const row = await clientById(db, clientId);
  const isClosed = typeof row?.utility_id === 'string' && (await isDeactivated(db, row.utility_id));
  const hash = row?.revoked_ms === null && !isClosed ? row.secret_hash : undefined;
  const isRight = await verifier.verify(clientSecret, hash);
  const role = ROLES.find((r) => r === row?.role);
  if (!row || !role || !isRight) return undefined;
  const level = row.utility_level as 'spectator' | 'leader' | 'admin' | null;
  return {
    clientId: row.id,
    role,
    scopes: SCOPES_BY_ROLE[role],
    ...(row.account === null ? {} : { account: row.account }),
    ...(level === null ? {} : { utility: { level, ...(row.utility_id === null ? {} : { id: row.utility_id }) } }),
  };
}
