import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BASE, startVtn } from './support/server.ts';

const open = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
};

const closed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });

describe('the HTTP surface beside the APIs', () => {
  it('says that it lives and that it is ready, to anyone', async () => {
    const vtn = await startVtn();
    expect((await vtn.anonymous.get('/healthz').expect(200)).body).toEqual({ status: 'ok' });
    expect((await vtn.anonymous.get('/readyz').expect(200)).body).toEqual({ status: 'ready' });
    await vtn.stop();
  });

  it('is not ready when the database does not work, and is again when it does', async () => {
    const vtn = await startVtn();
    await vtn.vtn.store.stop();
    const answer = await vtn.anonymous.get('/readyz').expect(503);
    expect(answer.body.status).toBe('unavailable');
    await vtn.vtn.store.start();
    await vtn.anonymous.get('/readyz').expect(503);
    vtn.clock.advance(1_000);
    await vtn.anonymous.get('/readyz').expect(200);
    await vtn.stop();
  });

  it('shows its OpenAPI documents as they are', async () => {
    const vtn = await startVtn();
    const answer = await vtn.anonymous.get('/openapi/openadr-3.1.yaml').expect(200).expect('Content-Type', /yaml/);
    const file = readFileSync(new URL('../../shared/openapi/openadr-3.1.yaml', import.meta.url), 'utf8');
    expect(answer.text ?? answer.body.toString()).toBe(file);
    await vtn.anonymous.get('/openapi/none.yaml').expect(404);
    await vtn.stop();
  });

  it('sends the security headers and the request id with every answer, good or bad', async () => {
    const vtn = await startVtn();
    for (const path of ['/healthz', '/nothing', `${BASE}/programs`]) {
      const { headers } = await vtn.anonymous.get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-request-id': expect.any(String),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    await vtn.stop();
  });

  it('writes one line per request, with who and how long, and never a secret', async () => {
    const vtn = await startVtn();
    const bl = await vtn.client('bl');
    const { headers } = await bl.get('programs?targets=hush').expect(200);
    await vtn.anonymous.get(`${BASE}/programs`).set('Authorization', 'Bearer guessed-token').expect(401);
    const lines = vtn.log.map((line) => JSON.parse(line)).filter((line) => line.msg === 'request');
    const line = lines.find((l) => l.requestId === headers['x-request-id']);
    expect(line).toMatchObject({
      method: 'GET',
      path: `${BASE}/programs`,
      status: 200,
      client: bl.id,
      ms: expect.any(Number),
    });
    expect(lines.filter((l) => l.requestId === headers['x-request-id'])).toHaveLength(1);
    const all = vtn.log.join('');
    for (const secret of [bl.token, bl.secret, 'guessed-token', 'hush']) expect(all).not.toContain(secret);
    await vtn.stop();
  });
});

describe('express prototypes', () => {
  it('requests and responses have them from the start, and express finds nothing to change', async () => {
    const { default: express } = await import('express');
    const { createExpressServer } = await import('../../vtn/api/express-prototypes.ts');
    const app = express();
    const seen: boolean[] = [];
    app.get('/x', (request, response) => {
      seen.push(Object.getPrototypeOf(request) === app.request && Object.getPrototypeOf(response) === app.response);
      expect(request.app).toBe(app);
      expect([request.path, request.get('x-test'), request.protocol]).toEqual(['/x', 'yes', 'http']);
      response.status(202).set('x-answer', '42').json({ ok: true });
    });
    let changes = 0;
    const server = createExpressServer({}, app);
    const original = Object.setPrototypeOf.bind(Object);
    Object.setPrototypeOf = (object: object, prototype: object | null) => {
      if (Object.getPrototypeOf(object) !== prototype) changes++;
      return original(object, prototype) as never;
    };
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const before = changes;
      const socket = await open(`http://127.0.0.1:${port}`);
      const text = closed(socket);
      socket.write('GET /x HTTP/1.1\r\nHost: x\r\nX-Test: yes\r\nConnection: close\r\n\r\n');
      expect(await text).toMatch(/^HTTP\/1\.1 202 Accepted\r\n(.|\r\n)*x-answer: 42(.|\r\n)*\{"ok":true\}$/i);
      expect(seen).toEqual([true]);
      expect(changes - before).toBe(0);
    } finally {
      Object.setPrototypeOf = original;
      server.close();
    }
  });
});

describe('a stop', () => {
  it('finishes the request that is on its way, ends idle connections and accepts no more', async () => {
    const vtn = await startVtn();
    const bl = await vtn.client('bl');
    const body = JSON.stringify({ programName: 'last' });
    const [idle, busy] = [await open(vtn.url), await open(vtn.url)];
    const [idleEnd, busyEnd] = [closed(idle), closed(busy)];
    busy.write(`POST ${BASE}/programs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bl.token}\r\n`);
    busy.write(`Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
    await expect.poll(async () => (await vtn.anonymous.get('/healthz')).status).toBe(200);
    const stopped = vtn.stop();
    expect(await idleEnd).toBe('');
    await expect(open(vtn.url)).rejects.toThrow('ECONNREFUSED');
    busy.write(body.slice(5));
    expect(await busyEnd).toMatch(/^HTTP\/1\.1 201 /);
    await stopped;
  });

  it('cuts off what does not finish in time', async () => {
    const vtn = await startVtn({ server: { port: 0, stopTimeoutMs: 200 } });
    const slow = await open(vtn.url);
    const end = closed(slow);
    slow.write(
      'POST /openadr3/3.1.1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ngrant',
    );
    await vtn.anonymous.get('/healthz').expect(200);
    const startMs = performance.now();
    await vtn.stop();
    expect(performance.now() - startMs).toBeLessThan(5_000);
    await end;
  });

  it('a client that sends its headers drop by drop is sent away, and does not hold up others', async () => {
    const vtn = await startVtn({ server: { port: 0, headersTimeoutMs: 1_000, requestTimeoutMs: 1_000 } });
    const slow = await open(vtn.url);
    const end = closed(slow);
    slow.write('GET /healthz HTTP/1.1\r\nHost:');
    await vtn.anonymous.get('/healthz').expect(200);
    expect(await end).toMatch(/^HTTP\/1\.1 408 /);
    await vtn.stop();
  });
});

describe('a start that cannot be', () => {
  it('rejects and leaves nothing running', async () => {
    const first = await startVtn();
    const port = Number(new URL(first.url).port);
    await expect(startVtn({ server: { port } })).rejects.toThrow('EADDRINUSE');
    await first.stop();
  });
});
