import fc from 'fast-check';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressed } from '../../../vtn/api/compress.ts';
import { acceptsJson, codingFor } from '../../../vtn/api/negotiation.ts';
import { raw } from '../support/raw.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('the coding that a client asks for', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.5', 'br'],
    ['GZIP ; Q=0.3', 'gzip'],
    ['x-gzip', 'gzip'],
    ['*', 'br'],
    ['*, br;q=0', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['gzip;q=0, br;q=0.000', 'identity'],
    ['identity, gzip;q=0.5', 'identity'],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity;q=0, *;q=0', 'identity'],
    ['zstd, compress', 'identity'],
    ['gzip;q=nonsense', 'gzip'],
    [`${'a,'.repeat(600)}gzip`, 'identity'],
  ])('%j gets %s', (header, coding) => expect(codingFor(header)).toBe(coding));

  it.each([
    [undefined, true],
    ['', true],
    ['*/*', true],
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['application/*;q=0.1', true],
    ['text/html, */*;q=0.8', true],
    ['text/html', false],
    ['application/xml, text/*', false],
    ['application/json;q=0', false],
    ['*/*, application/json;q=0', false],
    ['application/json, */*;q=0', true],
    ['application/problem+json', false],
  ])('Accept %j reads JSON: %s', (header, expected) => expect(acceptsJson(header)).toBe(expected));

  it('whatever is in the header, it is one of ours', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(['identity', 'gzip', 'br']).toContain(codingFor(header));
        expect(typeof acceptsJson(header)).toBe('boolean');
      }),
    );
  });
});

describe('compressed content', () => {
  it('is made once for the same bytes, however many ask at once, and is at hand from then on', async () => {
    const body = Buffer.from('[' + '1,'.repeat(5_000) + '1]');
    const [first, second] = [compressed(body, 'gzip'), compressed(body, 'gzip')];
    expect(first).toBeInstanceOf(Promise);
    expect(second).toBe(first);
    const bytes = await first;
    expect(compressed(body, 'gzip')).toBe(bytes);
    expect(gunzipSync(bytes)).toEqual(body);
    expect(compressed(body, 'br')).not.toBe(bytes);
    expect(compressed(Buffer.from(body), 'gzip')).toBeInstanceOf(Promise);
  });
});

describe('answers', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let small: string;
  let large: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
    small = (await bl.post('programs', { programName: 'small' }).expect(201)).body.id;
    const values = Array.from({ length: 300 }, (_, i) => `value ${i}`);
    large = (await bl.post('programs', { programName: 'large', attributes: [{ type: 'X', values }] }).expect(201)).body
      .id;
  });
  afterAll(() => vtn.stop());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    raw(`${vtn.url}${BASE}/${path}`, { method, headers: { authorization: `Bearer ${bl.token}`, ...headers } });

  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('of a kilobyte or more are sent as %s to those who ask, with the same content', async (coding, decode) => {
    for (const path of [`programs/${large}`, 'programs']) {
      const plain = await get(path);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.headers['vary']).toBe('accept-encoding');
      const packed = await get(path, { 'accept-encoding': coding });
      expect(packed.headers).toMatchObject({ 'content-encoding': coding, vary: 'accept-encoding' });
      expect(Number(packed.headers['content-length'])).toBe(packed.body.length);
      expect(packed.body.length).toBeLessThan(plain.body.length / 2);
      expect(decode(packed.body)).toEqual(plain.body);
    }
  });

  it('have the weak form of the tag when compressed, which names the same version', async () => {
    for (const path of [`programs/${large}`, 'programs']) {
      const plain = await get(path);
      const packed = await get(path, { 'accept-encoding': 'gzip' });
      const tag = plain.headers.etag ?? '';
      expect(tag).toMatch(/^"/);
      expect(packed.headers.etag).toBe(`W/${tag}`);
      for (const known of [tag, `W/${tag}`, `"x", W/${tag}`, '*']) {
        const again = await get(path, { 'accept-encoding': 'gzip', 'if-none-match': known });
        expect([again.status, again.headers.etag, again.headers.vary]).toEqual([304, `W/${tag}`, 'accept-encoding']);
        expect((await get(path, { 'if-none-match': known })).headers.etag).toBe(tag);
      }
    }
  });

  it('that are small, and errors, are never compressed', async () => {
    const one = await get(`programs/${small}`, { 'accept-encoding': 'gzip, br' });
    expect([one.headers['content-encoding'], one.headers['vary']]).toEqual([undefined, undefined]);
    const body = JSON.stringify({ programName: 'x', targets: Array.from({ length: 100 }, (_, i) => i) });
    const headers = {
      authorization: `Bearer ${bl.token}`,
      'accept-encoding': 'gzip',
      'content-type': 'application/json',
    };
    const error = await raw(`${vtn.url}${BASE}/programs`, { method: 'POST', headers, body });
    expect([error.status, error.headers['content-encoding']]).toEqual([400, undefined]);
    expect(error.body.length).toBeGreaterThan(2_000);
  });

  it('to HEAD say the length that GET has, compressed or not', async () => {
    for (const headers of [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br' }]) {
      const [got, head] = [await get('programs', headers), await get('programs', headers, 'HEAD')];
      expect(head.body.length).toBe(0);
      for (const name of ['content-length', 'content-encoding', 'etag', 'vary', 'content-type'])
        expect(head.headers[name]).toBe(got.headers[name]);
    }
  });

  it('to many at once are compressed for each of them', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('programs', { 'accept-encoding': 'gzip' })));
    expect(new Set(answers.map((answer) => answer.body.toString('base64'))).size).toBe(1);
  });

  it('follow the list: what was compressed before a change is not sent after it', async () => {
    const before = await get('programs', { 'accept-encoding': 'gzip' });
    const { body } = await bl.post('programs', { programName: 'another' }).expect(201);
    const after = await get('programs', { 'accept-encoding': 'gzip', 'if-none-match': before.headers.etag ?? '' });
    expect(after.status).toBe(200);
    expect(gunzipSync(after.body).toString()).toContain(body.id);
  });

  it('are 406 for those who do not read JSON, before anything is written', async () => {
    const answer = await get('programs', { accept: 'text/html' });
    expect(answer.status).toBe(406);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ title: 'Not Acceptable', status: 406 });
    const { body: before } = await bl.get('programs').expect(200);
    await bl.post('programs', { programName: 'unread' }).set('Accept', 'application/xml').expect(406);
    await bl.delete(`programs/${small}`).set('Accept', 'application/json;q=0').expect(406);
    expect((await bl.get('programs').expect(200)).body).toEqual(before);
  });

  it('are 401 and 403 before they are 406', async () => {
    await vtn.anonymous.get(`${BASE}/programs`).set('Accept', 'text/html').expect(401);
    await (await vtn.client('customer', { account: 'a' })).get('programs').set('Accept', 'text/html').expect(403);
  });
});
