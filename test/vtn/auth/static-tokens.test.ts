import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '@openadr-gateway/shared/config.ts';
import { StaticTokens } from '../../../vtn/auth/static-tokens.ts';
import { vtnConfig } from '../../../vtn/config.ts';
import { revokeClient } from '../../../vtn/store/clients.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';

const newToken = () => randomBytes(32).toString('base64url');
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

describe('static tokens', () => {
  const folder = tempDir();
  afterAll(() => folder.remove());
  const inFile = (text: string, name = 'token') => {
    const tokenFile = join(folder.path, name);
    writeFileSync(tokenFile, text);
    return { tokenFile };
  };

  describe('of a running server', () => {
    const [meter, desk] = [newToken(), newToken()];
    let vtn: TestVtn;
    beforeAll(async () => {
      vtn = await startVtn({
        auth: {
          staticTokens: [
            { tokenHash: hashOf(meter).toUpperCase(), clientId: 'meter-17', role: 'ven' },
            { ...inFile(`${desk}\n`), clientId: 'desk', role: 'bl' },
          ],
        },
      });
    });
    afterAll(() => vtn.stop());
    const as = (token: string, method: 'get' | 'post', path: string) =>
      request(vtn.url)[method](`${BASE}/${path}`).set('Authorization', `Bearer ${token}`);

    it('let their client do what its role may, and own what it makes', async () => {
      await as(desk, 'post', 'programs').send({ programName: 'p' }).expect(201);
      await as(meter, 'post', 'programs').send({ programName: 'q' }).expect(403);
      const made = await as(meter, 'post', 'vens').send({ objectType: 'VEN_VEN_REQUEST', venName: 'm' }).expect(201);
      expect(made.body.clientID).toBe('meter-17');
      expect((await as(meter, 'get', 'vens').expect(200)).body).toHaveLength(1);
    });

    it('do not expire', async () => {
      vtn.clock.advance(20 * 365 * 86_400_000);
      await as(meter, 'get', 'programs').expect(200);
    });

    it('are refused when they differ by one character, and so is their hash', async () => {
      for (const wrong of [
        meter.slice(1),
        `${meter}x`,
        meter.toLowerCase(),
        hashOf(meter),
        hashOf(meter).toUpperCase(),
      ]) {
        await as(wrong, 'get', 'programs').expect(401);
      }
    });

    it('are refused once their client is revoked', async () => {
      await as(desk, 'get', 'programs').expect(200);
      await vtn.vtn.store.write(({ db }) =>
        db
          .insertInto('clients')
          .values({
            id: 'desk',
            name: 'desk',
            role: 'bl',
            secret_hash: 'none',
            account: null,
            utility_id: null,
            utility_level: null,
            created_ms: 0,
            revoked_ms: null,
          })
          .execute(),
      );
      await as(desk, 'get', 'programs').expect(200);
      await vtn.vtn.store.write((tx) => revokeClient(tx.db, 'desk', 1));
      await expect.poll(async () => (await as(desk, 'get', 'programs')).status, { timeout: 1_500 }).toBe(401);
    });
  });

  describe('that cannot be used', () => {
    const failure = (tokens: Parameters<typeof StaticTokens.load>[0]) =>
      StaticTokens.load(tokens).then(
        () => expect.fail('expected a fault'),
        (error: unknown) => error as Error,
      );

    it('stop the start with every file that is at fault, and without saying what is in it', async () => {
      const [short, two] = ['short-secret', `${newToken()} ${newToken()}`];
      const error = await failure([
        { ...inFile(short, 'short'), clientId: 'a', role: 'ven' },
        { ...inFile(two, 'two'), clientId: 'b', role: 'ven' },
        { tokenFile: join(folder.path, 'none'), clientId: 'c', role: 'ven' },
      ]);
      expect(error).toBeInstanceOf(ConfigError);
      for (const part of ['[0].tokenFile: expected a token of at least 32', '[1].tokenFile', '[2].tokenFile: ENOENT'])
        expect(error.message).toContain(part);
      for (const secret of [short, ...two.split(' ')]) expect(error.message).not.toContain(secret);
      await expect(
        startVtn({ auth: { staticTokens: [{ ...inFile(short, 'short'), clientId: 'a', role: 'ven' }] } }),
      ).rejects.toBeInstanceOf(ConfigError);
    });

    it('are not shown when they stand where their hash should', () => {
      const token = newToken();
      const env = { VTN_AUTH_STATIC_TOKENS: `[{ tokenHash: "${token}", clientId: a, role: ven }]` };
      const load = () => loadConfig({ schema: vtnConfig, env, envPrefix: 'VTN' });
      expect(load).toThrow(/auth\.staticTokens\[0\]\.tokenHash .*64 hexadecimal digits.*kept secret/);
      expect(load).not.toThrow(token);
    });

    it('are those that two clients share', async () => {
      const token = newToken();
      const error = await failure([
        { tokenHash: hashOf(token), clientId: 'a', role: 'ven' },
        { ...inFile(token), clientId: 'b', role: 'bl' },
      ]);
      expect(error.message).toContain('[1]: the token is given twice');
    });

    it.each<[string, object, string]>([
      ['neither hash nor file', { clientId: 'a', role: 'ven' }, 'either tokenHash or tokenFile'],
      ['both', { tokenHash: hashOf('x'), tokenFile: 'y', clientId: 'a', role: 'ven' }, 'either tokenHash or tokenFile'],
      ['the token for its hash', { tokenHash: newToken(), clientId: 'a', role: 'ven' }, '64 hexadecimal digits'],
      ['a customer without account', { tokenHash: hashOf('x'), clientId: 'a', role: 'customer' }, 'role customer'],
      ['an account without customer', { tokenHash: hashOf('x'), clientId: 'a', role: 'ven', account: 'x' }, 'customer'],
      ['a utility without level', { tokenHash: hashOf('x'), clientId: 'a', role: 'utility' }, 'role utility'],
      ['no client', { tokenHash: hashOf('x'), role: 'ven' }, 'expected string'],
    ])('are those with %s', (_name, token, told) => {
      const issues = vtnConfig.safeParse({ auth: { staticTokens: [token] } }).error?.issues ?? [];
      expect(issues.map((issue) => issue.message).join('\n')).toContain(told);
    });
  });
});
