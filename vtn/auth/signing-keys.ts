import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey, JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { deleteSigningKey, insertSigningKey, listSigningKeys, raiseTokenTtl } from '../store/signing-keys.ts';
import type { SigningKeyRow } from '../store/signing-keys.ts';
import type { Store } from '../store/store.ts';
import { isRotationDue, neededUntilMs, signerAt } from './key-schedule.ts';
import type { Dated } from './key-schedule.ts';

/** The only algorithm that we sign with and accept of ourselves. */
export const ALGORITHM = 'ES256';

export interface SigningKeysOptions {
  store: Store;
  clock: Clock;
  log: Logger;
  tokenTtlMs: number;
  toleranceMs: number;
  /** 0: never by itself. */
  rotationDays: number;
}

type Key = Dated & { key: CryptoKey };

/**
 * The keys of this installation: made at its first start, kept in the database so that tokens outlive a restart, and replaced
 * as key-schedule.ts says. `vtn keys` changes them beside a running server, which looks often.
 */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  #keys: readonly Key[] = [];
  #jwks: JSONWebKeySet = { keys: [] };
  #find: JWTVerifyGetKey | undefined;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
  }

  /** Makes the first key where there is none. */
  async start(): Promise<void> {
    const { store, clock, tokenTtlMs } = this.#options;
    if ((await store.read(listSigningKeys)).length === 0) await addSigningKey(store, clock, tokenTtlMs);
    await store.write(({ db }) => raiseTokenTtl(db, tokenTtlMs));
    await this.refresh();
  }

  /** All public keys, also those that only verify or do not sign yet. */
  get jwks(): JSONWebKeySet {
    return this.#jwks;
  }

  /** The key that signs now. */
  get signer(): { kid: string; key: CryptoKey } {
    const signer = signerAt(this.#keys, this.#options.clock.nowMs());
    if (!signer) throw new Error('SigningKeys.start() has not run');
    return signer;
  }

  /** For verification. */
  readonly find: JWTVerifyGetKey = (header, token) => {
    if (!this.#find) throw new Error('SigningKeys.start() has not run');
    return this.#find(header, token);
  };

  /**
   * Takes note of keys that were made or discarded beside us, makes the next one when it is due, and deletes those that nobody
   * needs any more.
   *
   * @returns true when a key is gone, so that what it signed is to be looked at again.
   */
  async refresh(): Promise<boolean> {
    const { store, clock, tokenTtlMs, rotationDays, toleranceMs, log } = this.#options;
    let rows = await store.read(listSigningKeys);
    const nowMs = clock.nowMs();
    if (isRotationDue(rows, rotationDays, nowMs)) {
      const kid = await addSigningKey(store, clock, tokenTtlMs);
      log.info({ kid }, 'a new signing key; it signs as soon as everybody can know it');
      rows = await store.read(listSigningKeys);
    }
    const spent = rows.filter((row) => neededUntilMs(rows, row.kid, toleranceMs) <= nowMs).map((row) => row.kid);
    if (spent.length > 0) {
      await store.write(async ({ db }) => {
        for (const kid of spent) await deleteSigningKey(db, kid);
      });
      log.info({ kids: spent }, 'signing keys deleted whose tokens have all expired');
    }
    return this.#take(rows.filter((row) => !spent.includes(row.kid)));
  }

  async #take(rows: readonly SigningKeyRow[]): Promise<boolean> {
    const known = this.#keys;
    if (rows.length === known.length && rows.every((row, i) => row.kid === known[i]?.kid)) return false;
    const jwks = rows.map((row) => JSON.parse(row.private_jwk) as JWK);
    this.#keys = await Promise.all(
      rows.map(async ({ kid, created_ms, token_ttl_ms }, i) => ({
        kid,
        created_ms,
        token_ttl_ms,
        key: (await importJWK(jwks[i] ?? {}, ALGORITHM)) as CryptoKey,
      })),
    );
    this.#jwks = { keys: jwks.map(publicPart) };
    this.#find = createLocalJWKSet(this.#jwks);
    return known.some((key) => !rows.some((row) => row.kid === key.kid));
  }
}

/**
 * Makes another key, which will sign when it has been published for a while.
 *
 * @param options.discardOthers the others are not trusted any more: what they signed is void, and the new key signs at once.
 * @returns its id.
 */
export async function addSigningKey(
  store: Store,
  clock: Clock,
  tokenTtlMs: number,
  { discardOthers = false }: { discardOthers?: boolean } = {},
): Promise<string> {
  const jwk = await freshKey();
  const kid = jwk.kid ?? '';
  await store.write(async ({ db }) => {
    if (discardOthers) for (const key of await listSigningKeys(db)) await deleteSigningKey(db, key.kid);
    await insertSigningKey(db, {
      kid,
      private_jwk: JSON.stringify(jwk),
      created_ms: clock.nowMs(),
      token_ttl_ms: tokenTtlMs,
    });
  });
  return kid;
}

async function freshKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' };
}

function publicPart({ kty, crv, x, y, kid }: JWK): JWK {
  return {
    ...(kty ? { kty } : {}),
    ...(crv ? { crv } : {}),
    ...(x ? { x } : {}),
    ...(y ? { y } : {}),
    ...(kid ? { kid } : {}),
    alg: ALGORITHM,
    use: 'sig',
  };
}
