import { connect } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { problemDialect } from '../../../vtn/api/dialects.ts';
import { loadDocument } from '../../../vtn/api/document.ts';
import { ApiError } from '../../../vtn/api/errors.ts';
import { mountApi } from '../../../vtn/api/mount.ts';
import { ANONYMOUS } from '../../../vtn/auth/caller.ts';
import type { Caller } from '../../../vtn/auth/caller.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('what is wrong with a request is told as a problem', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ven: TestClient;
  beforeAll(async () => {
    vtn = await startVtn({ server: { port: 0, bodyLimitBytes: 20_000 } });
    bl = await vtn.client('bl');
    ven = await vtn.client('ven');
  });
  afterAll(() => vtn.stop());

  const raw = (body: string | Buffer, type = 'application/json') =>
    request(vtn.url)
      .post(`${BASE}/programs`)
      .set('Authorization', `Bearer ${bl.token}`)
      .set('Content-Type', type)
      .send(body);

  it.each([
    ['cut off', '{"programName": "x"'],
    ['not JSON at all', 'programName=x'],
    ['empty but for blanks', '   '],
    ['with a trailing comma', '{"programName":"x",}'],
    ['nested without end', '['.repeat(5_000) + ']'.repeat(5_000)],
  ])('malformed JSON (%s) is 400', async (_name, text) => {
    const answer = await raw(text).expect(400).expect('Content-Type', 'application/problem+json');
    expect(answer.body).toMatchObject({ title: 'Bad Request', status: 400 });
    expect(answer.body.detail).toMatch(/^body: expected valid JSON/);
    expect(answer.body.instance).toBe(`urn:uuid:${answer.headers['x-request-id']}`);
  });

  it('a body that is not UTF-8 is 400', async () => {
    const answer = await raw(Buffer.from([0x22, 0xff, 0xfe, 0x22])).serialize((bytes) => bytes as string);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('UTF-8');
  });

  it('deep brackets inside a string are only text', () =>
    raw(JSON.stringify({ programName: '['.repeat(100) })).expect(201));

  it.each(['text/plain', 'application/xml', 'application/json; charset=latin1'])(
    'Content-Type %s is 415',
    async (type) => {
      const answer = await raw('{"programName":"y"}', type).expect(415);
      expect(answer.body.detail).toContain('application/json');
    },
  );

  it('a compressed body is 415, since it would be read without a limit', () =>
    raw('{"programName":"y"}').set('Content-Encoding', 'gzip').expect(415));

  it('a body above the limit is 413, declared or not', async () => {
    const big = JSON.stringify({ programName: 'big', attributes: [{ type: 'X', values: ['x'.repeat(30_000)] }] });
    const declared = await raw(big).expect(413);
    expect(declared.body.detail).toContain('20000 bytes');
    const chunked = await new Promise<string>((resolve) => {
      const { hostname, port } = new URL(vtn.url);
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('close', () => resolve(text));
      socket.write(
        `POST ${BASE}/programs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bl.token}\r\nConnection: close\r\n`,
      );
      socket.write('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write(`${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\n`);
    });
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect((await bl.get('programs').expect(200)).text).not.toContain('"big"');
  });

  it('a missing body is 400', async () => {
    const answer = await bl.post('programs').expect(400);
    expect(answer.body.errors).toEqual([
      { path: 'body', message: expect.stringContaining('application/json'), type: 'missing' },
    ]);
  });

  it.each([
    ['a missing name', {}, 'body.programName', 'required'],
    ['a name of the wrong type', { programName: 7 }, 'body.programName', 'text'],
    ['an empty name', { programName: '' }, 'body.programName', 'at least 1 character'],
    ['a target that is no text', { programName: 'x', targets: ['a', 1] }, 'body.targets[1]', 'text'],
    [
      'a bad start',
      { programName: 'x', intervalPeriod: { start: 'tomorrow' } },
      'body.intervalPeriod.start',
      'RFC 3339',
    ],
    [
      'a date that no calendar has',
      { programName: 'x', intervalPeriod: { start: '2026-02-30T00:00:00Z' } },
      'body.intervalPeriod.start',
      'RFC 3339',
    ],
    [
      'a bad duration',
      { programName: 'x', intervalPeriod: { duration: '15 min' } },
      'body.intervalPeriod.duration',
      'matches',
    ],
    [
      'a value of no type',
      { programName: 'x', attributes: [{ type: 'A', values: [null] }] },
      'body.attributes[0].values[0]',
      'a number or text or true or false or an object',
    ],
    [
      'half a point',
      { programName: 'x', attributes: [{ type: 'A', values: [{ x: 1 }] }] },
      'body.attributes[0].values[0].y',
      'required',
    ],
    [
      'an unknown descriptor',
      { programName: 'x', payloadDescriptors: [{ objectType: 'NO', payloadType: 'P' }] },
      'body.payloadDescriptors[0].objectType',
      'one of EVENT_PAYLOAD_DESCRIPTOR, REPORT_PAYLOAD_DESCRIPTOR',
    ],
    [
      'a bad field of a known descriptor',
      {
        programName: 'x',
        payloadDescriptors: [{ objectType: 'REPORT_PAYLOAD_DESCRIPTOR', payloadType: 'P', confidence: 101 }],
      },
      'body.payloadDescriptors[0].confidence',
      'at most 100',
    ],
    ['a list in place of an object', [], 'body', 'an object'],
  ])('%s is 400 with the path to the field', async (_name, body, path, expected) => {
    const answer = await bl.post('programs', body).expect(400);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0].path).toBe(path);
    expect(answer.body.detail).toContain(path);
    expect(answer.body.detail).toContain(expected);
  });

  it('names all wrong fields at once', async () => {
    const answer = await bl.post('programs', { programName: '', targets: 'a' }).expect(400);
    expect(answer.body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
      'body.programName',
      'body.targets',
    ]);
  });

  it.each([
    ['limit=51', 'query.limit', 'at most 50'],
    ['limit=-1', 'query.limit', 'at least 0'],
    ['limit=ten', 'query.limit', 'a whole number'],
    ['limit=0x10', 'query.limit', 'a whole number'],
    ['limit=1.5', 'query.limit', 'a whole number'],
    ['limit=', 'query.limit', 'a whole number'],
    ['skip=-1', 'query.skip', 'at least 0'],
    ['skip=99999999999', 'query.skip', '2147483647'],
    ['skip=1&skip=2', 'query.skip', 'once'],
    ['active=yes', 'query.active', 'true or false'],
    ['programID=a%2Fb', 'query.programID', 'matches'],
    ['targets=', 'query.targets[0]', 'at least 1 character'],
  ])('GET /events?%s is 400', async (query, path, expected) => {
    const answer = await bl.get(`events?${query}`).expect(400);
    expect(answer.body.errors[0].path).toBe(path);
    expect(answer.body.detail).toContain(expected);
  });

  it('unknown query parameters are ignored', () => bl.get('events?colour=red&limit=1').expect(200));

  it('a missing token is 401 with a challenge', async () => {
    const answer = await vtn.anonymous.get(`${BASE}/programs`).expect(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="openadr"');
    expect(answer.body).toMatchObject({ title: 'Unauthorized', status: 401 });
  });

  it.each(['Bearer nonsense', 'Bearer a.b.c', 'Basic YTpi', 'Bearer', ''])(
    'Authorization "%s" is 401',
    async (header) => {
      const answer = await vtn.anonymous.get(`${BASE}/programs`).set('Authorization', header).expect(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    },
  );

  it('a role that may not do it is 403, before its body is looked at', async () => {
    const answer = await ven.post('programs', { nonsense: true }).expect(403);
    expect(answer.body.detail).toContain('write_programs');
  });

  it('a customer has no business in OpenADR', async () => {
    const customer = await vtn.client('customer', { account: 'a' });
    await customer.get('programs').expect(403);
    await customer.get('vens').expect(403);
  });

  it('unknown paths are 404, in the API and outside', async () => {
    expect((await bl.get('nothing').expect(404)).body.detail).toContain('/openadr3/3.1.1/nothing');
    await vtn.anonymous.get('/nothing').expect(404).expect('Content-Type', 'application/problem+json');
    await vtn.anonymous.get(`${BASE}/programs/%E0%A4%A`).expect(404);
  });

  it('an id that cannot be one is 400', () => bl.get('programs/a%20b').expect(400));

  it('a method that is not there is 405 and says which are', async () => {
    const answer = await vtn.anonymous.patch(`${BASE}/programs`).expect(405);
    expect(answer.headers['allow']).toBe('GET, POST, HEAD');
    await vtn.anonymous.post('/openadr3/3.1.0/programs/x').expect(405).expect('Allow', 'GET, PUT, DELETE, HEAD');
  });

  it('an operation of the document that has no handler is 501, after the token was looked at', async () => {
    const api = {
      name: 'unbuilt',
      basePaths: [''],
      documentPath: 'shared/openapi/openadr-3.1.yaml',
      operations: {},
      dialect: problemDialect,
    };
    const app = express();
    const challenge = () => new ApiError({ status: 401, code: 'unauthorized', title: 'x', detail: 'x' });
    const authenticate = (authorization?: string): Caller => {
      if (authorization === undefined) throw challenge();
      return ANONYMOUS;
    };
    const ids = countedIds('request');
    const log = pino({ level: 'silent' });
    mountApi(app, api, await loadDocument(api), {
      ids,
      log,
      authenticate,
      challenge,
      peerOf: () => '',
      bodyLimitBytes: 1_000,
    });
    const answer = await request(app).get('/events').set('Authorization', 'any').expect(501);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    await request(app).get('/events').expect(401);
  });

  it('a fault of ours is 500, says nothing but its id, and is in the log under it', async () => {
    const broken = await startVtn();
    const client = await broken.client('bl');
    await broken.vtn.store.write(({ db }) =>
      db.schema
        .dropTable('programs')
        .ifExists()
        .execute()
        .catch(() => db.schema.dropTable('program_targets').execute()),
    );
    const answer = await client.get('programs').expect(500);
    expect(answer.body.detail).not.toMatch(/sql|table|program/i);
    const id = answer.headers['x-request-id'];
    expect(broken.log.some((line) => line.includes(`"requestId":"${id}"`) && line.includes('no such table'))).toBe(
      true,
    );
    await broken.stop();
  });
});
