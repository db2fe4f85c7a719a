import type { Express, Request, Response } from 'express';
import { parse } from 'yaml';
import { notFound } from '../errors.ts';
import { etagOf } from '../etag.ts';
import type { ApiAnswer } from '../http.ts';
import { docsAssets } from './assets.ts';
import { apiPage, listPage } from './pages.ts';
import type { Described } from './pages.ts';

/** As much of an OpenAPI document as is read or changed here. */
interface Document {
  info: { title: string; description?: string };
  servers: { url: string }[];
  components?: { securitySchemes?: Record<string, { flows?: Record<string, { tokenUrl: string }> }> };
}

/** Everything from here and nothing else; the small pictures inside Swagger UI's style sheet are `data:`. No inline script or style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Documentation for people: `/docs` lists the APIs, `/docs/{name}` shows one and lets the reader try it against this server.
 * For everybody, since it says nothing about the data. Nothing comes from elsewhere.
 *
 * @param documents the OpenAPI documents (YAML) by the names of their APIs
 */
export function mountDocs(
  app: Express,
  documents: ReadonlyMap<string, Buffer>,
  send: (request: Request, response: Response, answer: ApiAnswer) => void | Promise<void>,
): void {
  const parsed = new Map<string, Document>();
  const documentOf = (name: string): Document => {
    const known = parsed.get(name);
    if (known) return known;
    const yaml = documents.get(name);
    if (!yaml) throw notFound(`there is no API ${name}; /docs lists them`);
    const document = forReaders(parse(yaml.toString('utf8')) as Document);
    parsed.set(name, document);
    return document;
  };
  const get = (path: string, answer: (params: Readonly<Record<string, string>>) => ApiAnswer) =>
    app.get(path, (request, response) => send(request, response, answer(request.params as Record<string, string>)));

  app.get('/docs', (request, response, next) => {
    // With a slash at its end the relative links of the page would lead elsewhere.
    if (request.path === '/docs') next();
    else void send(request, response, { status: 308, headers: { location: '../docs' } });
  });
  get('/docs', () => {
    const apis = [...documents.keys()].map((name) => described(name, documentOf(name)));
    return html(listPage(apis, `docs/assets/${docsAssets().version}`));
  });
  get('/docs/:name', ({ name = '' }) =>
    html(apiPage(described(name, documentOf(name)), `assets/${docsAssets().version}`)),
  );
  get('/docs/:name/openapi.json', ({ name = '' }) => {
    const body = JSON.stringify(documentOf(name));
    return { status: 200, body, headers: { etag: etagOf(body), 'cache-control': 'no-cache' } };
  });
  get('/docs/assets/:version/:file', ({ version, file = '' }) => {
    const assets = docsAssets();
    const asset = version === assets.version ? assets.files.get(file) : undefined;
    if (!asset) throw notFound(`the docs have no file ${file} of this version`);
    const headers = {
      'content-type': asset.contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${assets.version}"`,
    };
    return { status: 200, body: asset.bytes, headers };
  });
}

function html(body: string): ApiAnswer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-cache',
    etag: etagOf(body),
  };
  return { status: 200, body, headers };
}

function described(name: string, { info }: Document): Described {
  const [summary = ''] = (info.description ?? '').trim().split('\n');
  return { name, title: info.title, summary: summary.replaceAll('`', '') };
}

/**
 * The document with its servers and token URLs relative to the page that shows it: `/api/v1` becomes `../api/v1`. A token URL
 * that is relative in the document is below its first server.
 */
function forReaders(document: Document): Document {
  const servers = document.servers.map((server) => ({ ...server, url: `..${server.url}` }));
  const [first] = servers;
  for (const { flows = {} } of Object.values(document.components?.securitySchemes ?? {})) {
    for (const flow of Object.values(flows)) {
      flow.tokenUrl = flow.tokenUrl.startsWith('/') ? `..${flow.tokenUrl}` : `${first?.url}/${flow.tokenUrl}`;
    }
  }
  return { ...document, servers };
}
