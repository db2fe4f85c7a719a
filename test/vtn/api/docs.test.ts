import { execFile } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';
import { tempDir } from '../../support/temp-dir.ts';

const API = '/docs/openadr-3.1';

/** What a page loads, as absolute URLs. */
function loadedBy(html: string, pageUrl: string): string[] {
  const named = [...html.matchAll(/<(?:script|link|img)\b[^>]*\b(?:src|href)="([^"]*)"/g)].map(([, url]) => url ?? '');
  return named.map((url) => new URL(url, pageUrl).href);
}

const linksOf = (html: string, pageUrl: string): string[] =>
  [...html.matchAll(/<a href="([^"]*)"/g)].map(([, url]) => new URL(url ?? '', pageUrl).href);

describe('the docs', () => {
  let vtn: TestVtn;
  beforeAll(async () => void (vtn = await startVtn()));
  afterAll(() => vtn.stop());
  const page = async (path: string) =>
    (
      await vtn.anonymous
        .get(path)
        .expect(200)
        .expect('Content-Type', /^text\/html/)
    ).text;

  it('list every API with a line about it, its page and its document, to anyone', async () => {
    const html = await page('/docs');
    expect(html).toContain('>OpenADR 3.1</a>');
    expect(html).toContain('Programs, events, reports, subscriptions, vens and resources of OpenADR 3.1.');
    expect(html).toContain('>Operations API</a>');
    const links = linksOf(html, `${vtn.url}/docs`);
    expect(links).toEqual(
      expect.arrayContaining([`${vtn.url}${API}`, `${vtn.url}/docs/operations`, `${vtn.url}/openapi/operations.yaml`]),
    );
    for (const link of links) expect((await fetch(link)).status, link).toBe(200);
  });

  it('load everything from this server, and run no script and no style that stands in a page', async () => {
    const apis = ['operations', 'customer', 'utilities', 'schedules'].map((name) => `/docs/${name}`);
    for (const path of ['/docs', API, '/docs/openadr-3.0.1', ...apis]) {
      const answer = await vtn.anonymous.get(path).expect(200);
      const policy = answer.headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(answer.text).not.toMatch(/<style|<[^>]+ (?:style|on\w+)=|<script(?![^>]* src=)|javascript:/i);
      expect(answer.text).not.toMatch(/https?:\/\//);
      const loaded = loadedBy(answer.text, `${vtn.url}${path}`);
      expect(loaded.length).toBeGreaterThanOrEqual(3);
      for (const url of loaded) {
        expect(new URL(url).origin).toBe(vtn.url);
        const asset = await fetch(url);
        expect(asset.status, url).toBe(200);
        expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
        expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(100);
      }
    }
  });

  it('relax the policy for no other answer', async () => {
    const strict = "default-src 'none'; frame-ancestors 'none'";
    const [asset] = loadedBy(await page(API), `${vtn.url}${API}`);
    for (const path of [`${API}/openapi.json`, '/docs/none', '/docs/', new URL(asset ?? '').pathname, '/healthz']) {
      const { headers } = await vtn.anonymous.get(path).redirects(0);
      expect(headers['content-security-policy'], path).toBe(strict);
    }
  });

  it('are asked for again only when they have changed', async () => {
    for (const path of ['/docs', API, `${API}/openapi.json`]) {
      const { headers } = await vtn.anonymous.get(path).expect(200).expect('Cache-Control', 'no-cache');
      await vtn.anonymous
        .get(path)
        .set('If-None-Match', headers['etag'] ?? '')
        .expect(304);
    }
  });

  it('have no page for an unknown API, no file of another version and none that is not theirs', async () => {
    const [asset = ''] = loadedBy(await page(API), vtn.url + API).map((url) => new URL(url).pathname);
    const folder = asset.slice(0, asset.lastIndexOf('/'));
    for (const path of [
      '/docs/none',
      '/docs/none/openapi.json',
      '/docs/assets/0000000000000000/swagger-ui.css',
      `${folder}/index.html`,
      `${folder}/..%2f..%2fpackage.json`,
      `${folder}/__proto__`,
    ]) {
      const { headers } = await vtn.anonymous.get(path).expect(404);
      expect(headers['content-type'], path).toMatch(/problem\+json/);
    }
  });

  it('lead from a slash too many to the page whose links work', async () => {
    const { headers } = await vtn.anonymous.get('/docs/').redirects(0).expect(308);
    expect(new URL(headers['location'] ?? '', `${vtn.url}/docs/`).href).toBe(`${vtn.url}/docs`);
  });

  it('say where to get a token, and it works with what they are given there', async () => {
    const bl = await vtn.client('bl');
    for (const [path, call] of [
      [API, '/programs'],
      ['/docs/openadr-3.0.1', '/programs'],
      ['/docs/operations', '/assets'],
    ] as const) {
      expect(await tryOut(vtn.url + path, call, bl)).toBe(200);
    }
  });

  it('and so behind a proxy that serves this server below a path', async () => {
    const bl = await vtn.client('bl');
    const proxy = await startProxy(vtn.url, '/energy/vtn');
    try {
      const home = `${proxy.url}/energy/vtn`;
      for (const link of linksOf(await (await fetch(`${home}/docs`)).text(), `${home}/docs`)) {
        expect((await fetch(link)).status, link).toBe(200);
      }
      const html = await (await fetch(home + API)).text();
      for (const url of loadedBy(html, home + API)) expect((await fetch(url)).status, url).toBe(200);
      expect(await tryOut(home + API, '/programs', bl)).toBe(200);
      expect(await tryOut(`${home}/docs/operations`, '/assets', bl)).toBe(200);
    } finally {
      await proxy.stop();
    }
  });
});

/** Does by hand what the page's script and Swagger UI do: fetches a token as the document says, and calls an operation with it. */
async function tryOut(pageUrl: string, call: string, client: { id: string; secret: string }): Promise<number> {
  const html = await (await fetch(pageUrl)).text();
  const documentUrl = new URL(/data-document="([^"]*)"/.exec(html)?.[1] ?? '', pageUrl);
  const document = (await (await fetch(documentUrl)).json()) as {
    servers: { url: string }[];
    components: {
      securitySchemes: { oAuth2ClientCredentials: { flows: { clientCredentials: { tokenUrl: string } } } };
    };
  };
  const { tokenUrl } = document.components.securitySchemes.oAuth2ClientCredentials.flows.clientCredentials;
  const token = await fetch(new URL(tokenUrl, pageUrl), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  expect(token.status).toBe(200);
  const { access_token } = (await token.json()) as { access_token: string };
  const server = new URL(document.servers[0]?.url ?? '', pageUrl).href;
  return (await fetch(server + call, { headers: { authorization: `Bearer ${access_token}` } })).status;
}

/** Passes what is below `prefix` on, without the prefix; everything else is 404. */
async function startProxy(target: string, prefix: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(`${prefix}/`)) return void response.writeHead(404).end();
    const { method, headers } = request;
    const upstream = httpRequest(target + path.slice(prefix.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

const run = promisify(execFile);
const chromium = await run('chromium', ['--version']).then(
  () => true,
  () => false,
);

describe('the docs in a browser', () => {
  it(
    `show every operation${chromium ? '' : ' (needs Chromium, which is not installed)'}`,
    { skip: !chromium, timeout: 60_000 },
    async () => {
      const vtn = await startVtn();
      const profile = tempDir('openadr-chromium-');
      try {
        const { body } = await vtn.anonymous.get(`${API}/openapi.json`).expect(200);
        const operations = Object.values(body.paths as object).flatMap((item: object) =>
          Object.keys(item).filter((method) => method !== 'parameters'),
        );
        expect(operations.length).toBeGreaterThan(40);
        const { stdout } = await run(
          'chromium',
          [
            '--headless',
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            `--user-data-dir=${profile.path}`,
            '--virtual-time-budget=20000',
            '--dump-dom',
            vtn.url + API,
          ],
          { maxBuffer: 64 * 1_048_576 },
        );
        const shown = [...stdout.matchAll(/class="opblock opblock-(\w+)/g)];
        expect(shown).toHaveLength(operations.length);
        expect(stdout).toContain(`${vtn.url}${BASE}`);
      } finally {
        await vtn.stop();
        await profile.remove();
      }
    },
  );
});
