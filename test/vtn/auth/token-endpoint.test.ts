import { createLocalJWKSet, jwtVerify, SignJWT, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeClient } from '../../../vtn/store/clients.ts';
import { prepareSecret, rotateSecret } from '../../../vtn/auth/clients.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const TOKEN = `${BASE}/auth/token`;

describe('the token endpoint', () => {
  let vtn: TestVtn;
  let ven: TestClient;
  beforeAll(async () => {
    vtn = await startVtn();
    ven = await vtn.client('ven');
  });
  afterAll(() => vtn.stop());

  const ask = (form: Record<string, string>) => vtn.anonymous.post(TOKEN).type('form').send(form);
  const good = () => ({ grant_type: 'client_credentials', client_id: ven.id, client_secret: ven.secret });

  it('trades credentials in the body for a token that works and is not to be stored', async () => {
    const answer = await ask(good()).expect(200).expect('Cache-Control', 'no-store');
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read_all read_targets read_ven_objects write_reports write_subscriptions write_vens',
    });
    await vtn.anonymous.get(`${BASE}/programs`).set('Authorization', `bearer ${answer.body.access_token}`).expect(200);
  });

  it('takes credentials by HTTP Basic', () =>
    vtn.anonymous
      .post(TOKEN)
      .type('form')
      .auth(ven.id, ven.secret)
      .send({ grant_type: 'client_credentials' })
      .expect(200));

  it('ignores scopes and audiences that are asked for', () =>
    ask({ ...good(), scope: 'everything', audience: 'elsewhere' }).expect(200));

  it('issues ES256 tokens that the published keys verify', async () => {
    const jwks = await vtn.anonymous.get('/.well-known/jwks.json').expect(200);
    expect(jwks.body.keys[0]).not.toHaveProperty('d');
    const { payload, protectedHeader } = await jwtVerify(ven.token, createLocalJWKSet(jwks.body), {
      issuer: 'openadr-gateway',
      audience: 'openadr-gateway',
      currentDate: new Date(vtn.clock.nowMs()),
    });
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ sub: ven.id, role: 'ven' });
  });

  it.each([
    ['no grant type', { grant_type: '' }, 400, 'unsupported_grant_type'],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
  ])('%s is told in the words of RFC 6749', async (_name, wrong, status, error) => {
    const answer = await ask({ ...good(), ...wrong })
      .expect(status)
      .expect('Content-Type', /^application\/json/);
    expect(answer.body).toEqual({ error, error_description: expect.any(String) });
    expect(answer.text).not.toContain(ven.secret);
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic/);
  });

  it('missing and doubled credentials are invalid requests', async () => {
    const { client_secret: _, ...withoutSecret } = good();
    expect((await ask(withoutSecret).expect(400)).body.error).toBe('invalid_request');
    expect((await ask({ grant_type: 'client_credentials' }).expect(400)).body.error).toBe('invalid_request');
    const both = await vtn.anonymous.post(TOKEN).type('form').auth(ven.id, ven.secret).send(good()).expect(400);
    expect(both.body.error).toBe('invalid_request');
    const twice = await vtn.anonymous
      .post(TOKEN)
      .type('form')
      .send('grant_type=client_credentials&client_id=a&client_id=b')
      .expect(400);
    expect(twice.body.error).toBe('invalid_request');
    expect((await vtn.anonymous.post(TOKEN).send(good()).expect(415)).body.error).toBe('invalid_request');
  });

  it('slows down who asks too often, client by client', async () => {
    const busy = await vtn.client('ven');
    const form = { grant_type: 'client_credentials', client_id: busy.id, client_secret: busy.secret };
    for (let i = 1; i < 30; i++) await ask(form).expect(200);
    const refused = await ask(form).expect(429);
    expect(refused.headers['retry-after']).toBe('2');
    expect(refused.body.error).toBe('invalid_request');
    await ask(good()).expect(200);
    vtn.clock.advance(2_000);
    await ask(form).expect(200);
  });

  it('slows down who tries many clients from one address', async () => {
    const guessed = await startVtn();
    const guess = (n: number) =>
      guessed.anonymous
        .post(TOKEN)
        .type('form')
        .send({ grant_type: 'client_credentials', client_id: `c${n}`, client_secret: 'x' });
    for (let i = 0; i < 100; i++) await guess(i).expect(401);
    await guess(100).expect(429);
    await guessed.stop();
  });

  it('takes its time for an unknown client as for a known one', async () => {
    const slow = await startVtn({ auth: { tokenRequestsPerMinute: 1_000_000 } });
    const known = await slow.client('ven');
    const time = async (client_id: () => string) => {
      const start = performance.now();
      for (let i = 0; i < 25; i++) {
        const form = { grant_type: 'client_credentials', client_id: client_id(), client_secret: `wrong-${i}` };
        await slow.anonymous.post(TOKEN).type('form').send(form).expect(401);
      }
      return performance.now() - start;
    };
    let n = 0;
    await time(() => known.id);
    slow.clock.advance(60_000);
    const [right, unknown] = [await time(() => known.id), await time(() => `nobody-${n++}`)];
    await slow.stop();
    expect(unknown).toBeGreaterThan(right / 3);
    expect(unknown).toBeLessThan(right * 3);
  });

  it('tells where it is', async () => {
    const answer = await vtn.anonymous.get(`${BASE}/auth/server`).expect(200);
    expect(answer.body).toEqual({ tokenURL: `${vtn.url}${TOKEN}` });
    await vtn.anonymous.get(`${BASE}/auth/server`).set('Host', 'a b/c').expect(400);
  });
});

describe('tokens', () => {
  let vtn: TestVtn;
  beforeAll(async () => {
    vtn = await startVtn();
  });
  afterAll(() => vtn.stop());

  it('end when they expire, also those that were seen before', async () => {
    const bl = await vtn.client('bl');
    await bl.get('programs').expect(200);
    vtn.clock.advance(3_604_000);
    await bl.get('programs').expect(200);
    vtn.clock.advance(2_000);
    const answer = await bl.get('programs').expect(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(answer.body.detail).toContain('expired');
  });

  it('end and begin by our clock, give or take the tolerance, also those that were not seen before', async () => {
    const tolerant = await startVtn({ auth: { clockToleranceSeconds: 60, tokenTtlSeconds: 300 } });
    const bl = await tolerant.client('bl');
    const { token: unseen } = await tolerant.vtn.tokens.issue({ clientId: bl.id, role: 'bl', scopes: [] });
    const status = async (token: string) =>
      (await tolerant.anonymous.get(`${BASE}/programs`).set('Authorization', `Bearer ${token}`)).status;
    // Our own clock was set back: what was issued before the step is from the future.
    tolerant.clock.advance(-600_000);
    expect(await status(bl.token)).toBe(200);
    tolerant.clock.advance(600_000 + 359_000);
    expect([await status(bl.token), await status(unseen)]).toEqual([200, 200]);
    const { token: late } = await tolerant.vtn.tokens.issue({ clientId: bl.id, role: 'bl', scopes: [] });
    tolerant.clock.advance(1_000);
    expect([await status(bl.token), await status(unseen), await status(late)]).toEqual([401, 401, 200]);
    await tolerant.stop();

    const exact = await startVtn({ auth: { clockToleranceSeconds: 0, tokenTtlSeconds: 300 } });
    const client = await exact.client('bl');
    exact.clock.advance(299_000);
    await client.get('programs').expect(200);
    exact.clock.advance(1_000);
    await client.get('programs').expect(401);
    await exact.stop();
  });

  it('are refused after a revocation that went past this process, within a second', async () => {
    const bl = await vtn.client('bl');
    await bl.get('programs').expect(200);
    await vtn.vtn.store.write((tx) => revokeClient(tx.db, bl.id, vtn.clock.nowMs()));
    await expect.poll(async () => (await bl.get('programs')).status, { timeout: 1_000 }).toBe(401);
    await vtn.anonymous
      .post(TOKEN)
      .type('form')
      .send({ grant_type: 'client_credentials', client_id: bl.id, client_secret: bl.secret })
      .expect(401);
  });

  it('are refused at once when this process revokes', async () => {
    const bl = await vtn.client('bl');
    await bl.get('programs').expect(200);
    const told: string[] = [];
    const end = vtn.vtn.tokens.onRevoked((id) => told.push(id));
    vtn.vtn.tokens.forget(bl.id);
    await bl.get('programs').expect(401);
    expect(told).toEqual([bl.id]);
    end();
  });

  it('a rotated secret replaces the old one at once, although that was used before', async () => {
    const bl = await vtn.client('bl');
    const prepared = await prepareSecret();
    const fresh = await vtn.vtn.store.write((tx) => rotateSecret(tx.db, bl.id, prepared));
    const ask = (secret: string) =>
      vtn.anonymous
        .post(TOKEN)
        .type('form')
        .send({ grant_type: 'client_credentials', client_id: bl.id, client_secret: secret });
    await ask(bl.secret).expect(401);
    await ask(fresh?.clientSecret ?? '').expect(200);
  });

  it('of another key, algorithm, issuer or audience are not ours', async () => {
    const bl = await vtn.client('bl');
    const nowSeconds = Math.floor(vtn.clock.nowMs() / 1000);
    const make = async (
      change: { alg?: string; issuer?: string; audience?: string },
      key: Parameters<SignJWT['sign']>[0],
    ) =>
      new SignJWT({ role: 'admin' })
        .setProtectedHeader({ alg: change.alg ?? 'ES256' })
        .setSubject(bl.id)
        .setIssuer(change.issuer ?? 'openadr-gateway')
        .setAudience(change.audience ?? 'openadr-gateway')
        .setExpirationTime(nowSeconds + 60)
        .sign(key);
    const { privateKey } = await generateKeyPair('ES256');
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ sub: bl.id, role: 'admin', exp: nowSeconds + 60 }))}.`;
    const tokens = [
      await make({}, privateKey),
      await make({ alg: 'HS256' }, new TextEncoder().encode('x'.repeat(32))),
      unsigned,
    ];
    for (const token of tokens) {
      await vtn.anonymous.get(`${BASE}/programs`).set('Authorization', `Bearer ${token}`).expect(401);
    }
    const [first] = await vtn.vtn.store.read((db) => db.selectFrom('signing_keys').selectAll().execute());
    const { importJWK } = await import('jose');
    const ours = await importJWK(JSON.parse(first!.private_jwk), 'ES256');
    const control = await make({}, ours);
    await vtn.anonymous.get(`${BASE}/programs`).set('Authorization', `Bearer ${control}`).expect(200);
    for (const change of [{ issuer: 'someone' }, { audience: 'elsewhere' }]) {
      const token = await make(change, ours);
      await vtn.anonymous.get(`${BASE}/programs`).set('Authorization', `Bearer ${token}`).expect(401);
    }
  });

  it('that are wrong answer 403 where the configuration says so', async () => {
    const strict = await startVtn({ auth: { invalidTokenStatus: 403 } });
    await strict.anonymous.get(`${BASE}/programs`).expect(403);
    await strict.anonymous.get(`${BASE}/programs`).set('Authorization', 'Bearer x').expect(403);
    await strict.stop();
  });
});
