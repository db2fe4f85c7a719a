import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey, JSONWebKeySet, JWK } from 'jose';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { insertSigningKey, listSigningKeys } from '../store/signing-keys.ts';
import type { Store } from '../store/store.ts';

/** The only algorithm that we sign with and accept. */
export const ALGORITHM = 'ES256';

export interface SigningKeys {
  /** The newest key: it signs. */
  current: { kid: string; key: CryptoKey };
  /** All public keys: they verify, and `/.well-known/jwks.json` publishes them. */
  jwks: JSONWebKeySet;
}

/** The keys of this installation, made at its first start and kept in the database, so that tokens outlive a restart. */
export async function loadSigningKeys(store: Store, clock: Clock): Promise<SigningKeys> {
  let rows = await store.read(listSigningKeys);
  if (rows.length === 0) {
    const fresh = await freshKey();
    await store.write(({ db }) =>
      insertSigningKey(db, { kid: fresh.kid ?? '', private_jwk: JSON.stringify(fresh), created_ms: clock.nowMs() }),
    );
    rows = await store.read(listSigningKeys);
  }
  const privateJwks = rows.map((row) => JSON.parse(row.private_jwk) as JWK);
  const [newest] = privateJwks;
  if (!newest) throw new Error('the signing key that was just stored cannot be read back');
  return {
    current: { kid: newest.kid ?? '', key: (await importJWK(newest, ALGORITHM)) as CryptoKey },
    jwks: { keys: privateJwks.map(publicPart) },
  };
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
