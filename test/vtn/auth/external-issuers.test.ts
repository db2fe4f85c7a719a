import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { vtnConfig } from '../../../vtn/config.ts';
import { revokeClient } from '../../../vtn/store/clients.ts';
import { BASE, NOW, startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';
import { issuerKey, TestIssuer } from './issuer.ts';
import type { IssuerKey } from './issuer.ts';

const MINUTE_MS = 60_000;

const read = (vtn: TestVtn, token: string, path = 'programs') =>
  request(vtn.url).get(`${BASE}/${path}`).set('Authorization', `Bearer ${token}`);
const write = (vtn: TestVtn, token: string, name = 'p') =>
  request(vtn.url).post(`${BASE}/programs`).set('Authorization', `Bearer ${token}`).send({ programName: name });

/** A VTN that trusts the issuer, and both clocks in step. */
async function trusting(issuer: TestIssuer, clock: ManualClock, more: object = {}, auth: object = {}) {
  const trusted = { issuer: issuer.name, jwksUrl: issuer.jwksUrl, audience: 'openadr', ...more };
  const vtn = await startVtn({ auth: { externalIssuers: [trusted], ...auth } });
  return { ...vtn, advance: (ms: number) => [vtn.clock, clock].forEach((c) => c.advance(ms)) };
}

describe('tokens of an external issuer', () => {
  let issuer: TestIssuer;
  let key: IssuerKey;
  let rsa: IssuerKey;
  let vtn: TestVtn;
  beforeAll(async () => {
    const clock = new ManualClock(NOW);
    issuer = new TestIssuer(() => clock.nowMs());
    [key, rsa] = [await issuerKey('ec-1'), await issuerKey('rsa-1', 'RS256')];
    const edwards = await issuerKey('ed-1', 'EdDSA');
    issuer.published = [key.publicJwk, rsa.publicJwk, edwards.publicJwk];
    await issuer.up();
    vtn = await trusting(issuer, clock);
    await read(vtn, await issuer.sign(edwards)).expect(200);
  });
  afterAll(async () => {
    await vtn.stop();
    await issuer.down();
  });

  it('are accepted: ES256 and RS256, audience as text or list, with and without nbf, whatever else they say', async () => {
    const nowSeconds = vtn.clock.nowMs() / 1000;
    for (const claims of [
      {},
      { aud: ['elsewhere', 'openadr'] },
      { nbf: nowSeconds },
      { scope: 'openid profile read_targets grid:everything' },
      { scope: undefined, scp: ['read_targets', 'other'] },
      { jti: 'x', azp: 'y', realm_access: { roles: ['a'] } },
    ]) {
      await read(vtn, await issuer.sign(key, claims)).expect(200);
      await read(vtn, await issuer.sign(rsa, claims)).expect(200);
    }
  });

  it('may do what their OpenADR scopes say: business logic writes programs, a VEN does not', async () => {
    const business = await issuer.sign(key, { client_id: 'desk', scope: 'read_all write_programs' });
    await write(vtn, business, 'of-the-desk').expect(201);
    await write(vtn, await issuer.sign(key)).expect(403);
    await read(vtn, business, 'vens').expect(403);
  });

  it('speak for the client that the ven of theirs belongs to', async () => {
    const token = await issuer.sign(key, { client_id: 'gateway-8' });
    const made = await request(vtn.url)
      .post(`${BASE}/vens`)
      .set('Authorization', `Bearer ${token}`)
      .send({ objectType: 'VEN_VEN_REQUEST', venName: 'eight' })
      .expect(201);
    expect(made.body.clientID).toBe('gateway-8');
    expect((await read(vtn, token, 'vens').expect(200)).body).toHaveLength(1);
    expect((await read(vtn, await issuer.sign(key), 'vens').expect(200)).body).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'elsewhere' }],
    ['no audience', { aud: undefined }],
    ['a list without our audience', { aud: ['a', 'b'] }],
    ['another issuer', { iss: 'https://login.example.org/realms/grid' }],
    ['an issuer that only begins like it', { iss: 'https://login.example.com/realms/grid2' }],
    ['our own name as issuer', { iss: 'openadr-gateway', aud: 'openadr-gateway', sub: 'x', role: 'admin' }],
    ['no issuer', { iss: undefined }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is no number', { exp: '2099-01-01' }],
    ['no client', { client_id: undefined }],
    ['a client that is no text', { client_id: { id: 'gateway-7' } }],
    ['no scope that is known', { scope: 'openid profile' }],
  ])('are refused with %s', async (_name, claims) => {
    const answer = await read(vtn, await issuer.sign(key, claims)).expect(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('are refused when signed by a key that was not published, whatever key id they name', async () => {
    const stranger = await issuerKey('ec-1');
    await read(vtn, await issuer.sign(stranger)).expect(401);
    await read(vtn, await issuer.sign(stranger, {}, 'never-seen')).expect(401);
    await read(vtn, await issuer.sign(stranger, {}, '')).expect(401);
  });

  it('are refused unsigned, and signed symmetrically with what is public', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, payload] = (await issuer.sign(key)).split('.');
    for (const alg of ['none', 'None', 'NONE'])
      await read(vtn, `${part({ alg, kid: 'rsa-1' })}.${payload}.`).expect(401);
    const spki = await exportSPKI((await importJWK(rsa.publicJwk, 'RS256')) as CryptoKey);
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS512', 'sha512'],
    ] as const) {
      for (const secret of [spki, spki.trim(), JSON.stringify(rsa.publicJwk), rsa.publicJwk.n ?? '', '']) {
        for (const kid of ['rsa-1', 'ec-1', undefined]) {
          const signed = `${part({ alg, kid })}.${payload}`;
          const token = `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
          await read(vtn, token).expect(401);
        }
      }
    }
  });

  it('are refused with a symmetric key even where the issuer publishes one', async () => {
    const secret = Buffer.alloc(32, 7);
    issuer.published.push({ kty: 'oct', k: secret.toString('base64url'), kid: 'shared', alg: 'HS256' });
    vtn.clock.advance(11 * MINUTE_MS);
    await expect.poll(async () => issuer.requests, { timeout: 3_000 }).toBeGreaterThan(1);
    const nowSeconds = vtn.clock.nowMs() / 1000;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: issuer.name, aud: 'openadr', exp: nowSeconds + 60, client_id: 'x', scope: 'write_programs' };
    const signed = `${part({ alg: 'HS256', kid: 'shared' })}.${part(claims)}`;
    const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    await read(vtn, token).expect(401);
  });
});

describe('tokens of an external issuer, as it is configured', () => {
  let clock: ManualClock;
  let issuer: TestIssuer;
  let key: IssuerKey;
  let vtn: (TestVtn & { advance(ms: number): void }) | undefined;
  beforeEach(async () => {
    clock = new ManualClock(NOW);
    issuer = new TestIssuer(() => clock.nowMs());
    key = await issuerKey('k1');
    issuer.published = [key.publicJwk];
    await issuer.up();
  });
  afterEach(async () => {
    await vtn?.stop();
    vtn = undefined;
    await issuer.down();
  });

  it('must be signed with an algorithm that is allowed', async () => {
    const rsa = await issuerKey('k2', 'RS256');
    issuer.published.push(rsa.publicJwk);
    vtn = await trusting(issuer, clock, { algorithms: ['ES256'] });
    await read(vtn, await issuer.sign(key)).expect(200);
    await read(vtn, await issuer.sign(rsa)).expect(401);
  });

  it('have roles by a claim and a map, and clients by another claim with a prefix', async () => {
    vtn = await trusting(issuer, clock, {
      roleClaim: 'realm_access.roles',
      roles: { 'grid-operator': 'bl', gateway: 'ven' },
      clientIdClaim: 'azp',
      clientIdPrefix: 'kc-',
    });
    const operator = await issuer.sign(key, {
      scope: 'openid',
      azp: 'desk',
      realm_access: { roles: ['offline_access', 'gateway', 'grid-operator'] },
    });
    await write(vtn, operator).expect(201);
    const clients = () => vtn?.log.map((line) => (JSON.parse(line) as { client?: string }).client);
    await expect.poll(clients).toContain('kc-desk');
    const nobody = await issuer.sign(key, { azp: 'desk', scope: 'write_programs', realm_access: { roles: ['admin'] } });
    expect((await read(vtn, nobody).expect(401)).body.detail).toContain('no role');
  });

  it('end when they expire and begin when they say, give or take the tolerance', async () => {
    vtn = await trusting(issuer, clock, {}, { clockToleranceSeconds: 30 });
    const nowSeconds = clock.nowMs() / 1000;
    const ends = await issuer.sign(key, { exp: nowSeconds + 60 });
    const begins = await issuer.sign(key, { nbf: nowSeconds + 40 });
    await read(vtn, ends).expect(200);
    expect((await read(vtn, begins).expect(401)).body.detail).toContain('not valid yet');
    vtn.advance(10_000);
    await read(vtn, begins).expect(200);
    vtn.advance(79_000);
    await read(vtn, ends).expect(200);
    // The same claims in a token that was not seen before, so that nothing is remembered of it.
    await read(vtn, await issuer.sign(key, { exp: nowSeconds + 60, jti: 'fresh' })).expect(200);
    vtn.advance(1_000);
    expect((await read(vtn, ends).expect(401)).body.detail).toContain('expired');
    await read(vtn, await issuer.sign(key, { exp: nowSeconds + 60, jti: 'fresh-2' })).expect(401);
  });

  it('of a key that is new to us make us ask once, made-up keys not more often than every half minute', async () => {
    vtn = await trusting(issuer, clock);
    await read(vtn, await issuer.sign(key)).expect(200);
    const next = await issuerKey('k2');
    issuer.published = [key.publicJwk, next.publicJwk];
    vtn.advance(MINUTE_MS);
    await read(vtn, await issuer.sign(next)).expect(200);
    const asked = issuer.requests;
    for (let i = 0; i < 20; i++) await read(vtn, await issuer.sign(key, {}, `made-up-${i}`)).expect(401);
    expect(issuer.requests).toBe(asked);
    vtn.advance(31_000);
    await read(vtn, await issuer.sign(key, {}, 'made-up')).expect(401);
    expect(issuer.requests).toBe(asked + 1);
  });

  it('go on working while the issuer is away, for a day; what cannot be told then is 503, not 401', async () => {
    vtn = await trusting(issuer, clock);
    await read(vtn, await issuer.sign(key)).expect(200);
    await issuer.down();
    vtn.advance(60 * MINUTE_MS);
    await read(vtn, await issuer.sign(key)).expect(200);
    await read(vtn, await issuer.sign(await issuerKey('k2'))).expect(503);
    await read(vtn, await issuer.sign(await issuerKey('k1'))).expect(401);
    vtn.advance(24 * 60 * MINUTE_MS);
    await read(vtn, await issuer.sign(key)).expect(503);
    await issuer.up();
    vtn.advance(MINUTE_MS);
    await read(vtn, await issuer.sign(key)).expect(200);
  });

  it('do not keep the server from starting when the issuer is away or answers nonsense', async () => {
    await issuer.down();
    vtn = await trusting(issuer, clock);
    await (await vtn.client('bl')).get('programs').expect(200);
    await read(vtn, await issuer.sign(key)).expect(503);
    await issuer.up();
    for (const answer of [
      { status: 500 },
      { status: 200, body: 'not JSON' },
      { status: 200, body: '{"keys":"none"}' },
      { status: 302, headers: { location: issuer.jwksUrl } },
    ]) {
      issuer.answer = answer;
      vtn.advance(MINUTE_MS);
      await read(vtn, await issuer.sign(key)).expect(503);
    }
    issuer.answer = undefined;
    vtn.advance(MINUTE_MS);
    await read(vtn, await issuer.sign(key)).expect(200);
  });

  it('of a key that the issuer withdraws are refused within ten minutes, also those that were seen before', async () => {
    vtn = await trusting(issuer, clock);
    const token = await issuer.sign(key, { exp: clock.nowMs() / 1000 + 86_400 });
    await read(vtn, token).expect(200);
    issuer.published = [(await issuerKey('k2')).publicJwk];
    await read(vtn, token).expect(200);
    vtn.advance(10 * MINUTE_MS);
    await expect.poll(async () => vtn && (await read(vtn, token)).status, { timeout: 3_000 }).toBe(401);
  });

  it('are refused when we have revoked a client of that id', async () => {
    vtn = await trusting(issuer, clock, { scopeRoles: { 'grid:write': 'bl' } });
    const ours = await vtn.client('bl');
    const token = await issuer.sign(key, { client_id: ours.id, scope: 'grid:write' });
    await read(vtn, token).expect(200);
    await vtn.vtn.store.write((tx) => revokeClient(tx.db, ours.id, clock.nowMs()));
    await expect.poll(async () => vtn && (await read(vtn, token)).status, { timeout: 2_000 }).toBe(401);
  });

  it('come from where /auth/server says; our own endpoint goes on, or is 501 when it is switched off', async () => {
    const tokenUrl = 'https://login.example.com/token';
    vtn = await trusting(issuer, clock, { tokenUrl });
    expect((await vtn.anonymous.get(`${BASE}/auth/server`).expect(200)).body).toEqual({ tokenURL: tokenUrl });
    await (await vtn.client('bl')).get('programs').expect(200);
    await vtn.stop();

    vtn = await trusting(issuer, clock, { tokenUrl }, { localTokens: false });
    const form = { grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' };
    const answer = await vtn.anonymous.post(`${BASE}/auth/token`).type('form').send(form).expect(501);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const { token } = await vtn.vtn.tokens.issue({ clientId: 'x', role: 'bl', scopes: [] });
    await read(vtn, token).expect(401);
    await read(vtn, await issuer.sign(key)).expect(200);
  });
});

describe('the configuration of external issuers', () => {
  const good = { issuer: 'https://a', jwksUrl: 'https://a/jwks', audience: 'x' };
  const faults = (auth: object) =>
    vtnConfig.safeParse({ auth }).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];

  it('takes what is in order', () => {
    expect(faults({ externalIssuers: [good] })).toEqual([]);
    expect(faults({ externalIssuers: [{ ...good, jwksUrl: 'http://127.0.0.1:9/jwks' }] })).toEqual([]);
    expect(faults({ externalIssuers: [{ ...good, jwksUrl: 'http://keycloak:8080/jwks', allowHttp: true }] })).toEqual(
      [],
    );
  });

  it.each<[string, object, string]>([
    ['keys over plain HTTP', { externalIssuers: [{ ...good, jwksUrl: 'http://keycloak:8080/jwks' }] }, 'jwksUrl'],
    [
      'a loopback address in name only',
      { externalIssuers: [{ ...good, jwksUrl: 'http://localhost.evil.org/' }] },
      'jwksUrl',
    ],
    ['a symmetric algorithm', { externalIssuers: [{ ...good, algorithms: ['HS256'] }] }, 'algorithms'],
    ['no algorithm', { externalIssuers: [{ ...good, algorithms: [] }] }, 'algorithms'],
    ['alg none', { externalIssuers: [{ ...good, algorithms: ['none'] }] }, 'algorithms'],
    ['no audience', { externalIssuers: [{ ...good, audience: [] }] }, 'audience'],
    ['an issuer twice', { externalIssuers: [good, good] }, 'each issuer once'],
    ['ourselves', { externalIssuers: [{ ...good, issuer: 'openadr-gateway' }] }, 'ourselves'],
    ['nobody who can come in', { localTokens: false }, 'nobody can come in'],
    ['an unknown role', { externalIssuers: [{ ...good, roles: { a: 'king' } }] }, 'roles'],
  ])('refuses %s', (_name, auth, told) => {
    expect(faults(auth).join('\n')).toContain(told);
  });
});
