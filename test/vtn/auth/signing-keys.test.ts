import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { AHEAD_MS, isRotationDue, neededUntilMs, signerAt } from '../../../vtn/auth/key-schedule.ts';
import { addSigningKey } from '../../../vtn/auth/signing-keys.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

describe('the schedule of signing keys', () => {
  const key = (kid: string, created_ms: number, token_ttl_ms = HOUR_MS) => ({ kid, created_ms, token_ttl_ms });
  const [a, b, c] = [key('a', 0), key('b', DAY_MS), key('c', 2 * DAY_MS)];

  it('lets a new key sign only when it has been published for a while', () => {
    expect(signerAt([b, a], DAY_MS)?.kid).toBe('a');
    expect(signerAt([b, a], DAY_MS + AHEAD_MS - 1)?.kid).toBe('a');
    expect(signerAt([b, a], DAY_MS + AHEAD_MS)?.kid).toBe('b');
    expect(signerAt([c, b, a], 2 * DAY_MS)?.kid).toBe('b');
  });

  it('lets the only key sign at once, and the oldest of several that are all new', () => {
    expect(signerAt([a], 0)?.kid).toBe('a');
    expect(signerAt([key('new', 1), a], 2)?.kid).toBe('a');
    expect(signerAt([], 0)).toBeUndefined();
  });

  it('needs a key until the last token that it can have signed has expired, the newest for good', () => {
    expect(neededUntilMs([c, b, a], 'c', 5_000)).toBe(Infinity);
    expect(neededUntilMs([c, b, a], 'b', 5_000)).toBeGreaterThanOrEqual(2 * DAY_MS + AHEAD_MS + HOUR_MS + 5_000);
    expect(neededUntilMs([b, key('a', 0, 30 * DAY_MS)], 'a', 0)).toBeGreaterThan(31 * DAY_MS);
  });

  it('asks for another key when the newest is old enough, unless that is switched off', () => {
    expect(isRotationDue([b, a], 90, 91 * DAY_MS - 1)).toBe(false);
    expect(isRotationDue([b, a], 90, 91 * DAY_MS)).toBe(true);
    expect(isRotationDue([b, a], 0, 1e15)).toBe(false);
    expect(isRotationDue([], 90, 1e15)).toBe(false);
  });
});

describe('the rotation of signing keys', () => {
  const running: TestVtn[] = [];
  const folders: ReturnType<typeof tempDir>[] = [];
  const start = async (...args: Parameters<typeof startVtn>) => {
    const vtn = await startVtn(...args);
    running.push(vtn);
    return vtn;
  };
  afterEach(async () => {
    for (const vtn of running.splice(0)) await vtn.stop();
    for (const folder of folders.splice(0)) await folder.remove();
  });

  const published = async (vtn: TestVtn): Promise<string[]> => {
    const answer = await vtn.anonymous.get('/.well-known/jwks.json').expect(200);
    return answer.body.keys.map((k: { kid: string }) => k.kid);
  };
  const fresh = async (vtn: TestVtn, { id, secret }: TestClient): Promise<string> => {
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    return (await vtn.anonymous.post(`${BASE}/auth/token`).type('form').send(form).expect(200)).body.access_token;
  };
  const status = async (vtn: TestVtn, token: string) =>
    (await request(vtn.url).get(`${BASE}/programs`).set('Authorization', `Bearer ${token}`)).status;

  it('publishes the next key before it signs, and keeps the old one until its tokens have expired', async () => {
    const vtn = await start();
    const bl = await vtn.client('bl');
    const [first] = await published(vtn);
    vtn.clock.advance(90 * DAY_MS - 1);
    expect(kidOf(await fresh(vtn, bl))).toBe(first);
    vtn.clock.advance(1);
    await expect.poll(() => published(vtn)).toHaveLength(2);
    const [second] = await published(vtn);
    expect(second).not.toBe(first);

    vtn.clock.advance(AHEAD_MS - 1);
    const old = await fresh(vtn, bl);
    expect(kidOf(old)).toBe(first);
    vtn.clock.advance(1);
    const young = await fresh(vtn, bl);
    expect(kidOf(young)).toBe(second);
    const jwks = (await vtn.anonymous.get('/.well-known/jwks.json')).body;
    for (const token of [old, young]) {
      await jwtVerify(token, createLocalJWKSet(jwks), { currentDate: new Date(vtn.clock.nowMs()) });
      expect(await status(vtn, token)).toBe(200);
    }
    expect(jwks.keys.every((k: object) => !('d' in k))).toBe(true);

    // One second before the old token expires, with the tolerance.
    vtn.clock.advance(HOUR_MS + 4_000 - 1);
    expect(await status(vtn, old)).toBe(200);
    expect(await published(vtn)).toContain(first);
    vtn.clock.advance(2 * 60_000);
    await expect.poll(() => published(vtn)).toEqual([second]);
    expect(await status(vtn, old)).toBe(401);
    expect(await status(vtn, await fresh(vtn, bl))).toBe(200);
  });

  it('remembers over a restart how long tokens live that were issued under another configuration', async () => {
    const folder = tempDir();
    folders.push(folder);
    const store = { path: `${folder.path}/vtn.db` };
    const before = await start({ store, auth: { tokenTtlSeconds: 30 * 86_400 } });
    const { token } = await before.client('bl');
    await running.pop()?.stop();

    const vtn = await start({ store, auth: { tokenTtlSeconds: 60 } });
    expect(await published(vtn)).toEqual([kidOf(token)]);
    await addSigningKey(vtn.vtn.store, vtn.clock, 60_000);
    await expect.poll(() => published(vtn)).toHaveLength(2);
    vtn.clock.advance(29 * DAY_MS);
    // Two looks later at the earliest.
    await vtn.vtn.tokens.checkKeys();
    expect(await status(vtn, token)).toBe(200);
    vtn.clock.advance(2 * DAY_MS);
    await vtn.vtn.tokens.checkKeys();
    expect(await published(vtn)).toHaveLength(1);
  });

  it('never happens by itself when it is switched off', async () => {
    const vtn = await start({ auth: { keyRotationDays: 0 } });
    vtn.clock.advance(5_000 * DAY_MS);
    await vtn.vtn.tokens.checkKeys();
    expect(await published(vtn)).toHaveLength(1);
  });

  it('after a leak voids every token at once, remembered ones too, and goes on with the new key', async () => {
    const vtn = await start();
    const bl = await vtn.client('bl');
    expect(await status(vtn, bl.token)).toBe(200);
    const kid = await addSigningKey(vtn.vtn.store, vtn.clock, HOUR_MS, { discardOthers: true });
    await expect.poll(() => status(vtn, bl.token), { timeout: 1_500 }).toBe(401);
    const token = await fresh(vtn, bl);
    expect(kidOf(token)).toBe(kid);
    expect(await status(vtn, token)).toBe(200);
    expect(await published(vtn)).toEqual([kid]);
  });
});
