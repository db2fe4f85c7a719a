import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SCRIPT, STYLE } from './browser.ts';

/** One file that a page of the docs loads. */
export interface Asset {
  contentType: string;
  bytes: Buffer;
}

export interface Assets {
  /** Stands for the content of all files: a URL with it may be kept for ever. */
  version: string;
  files: ReadonlyMap<string, Asset>;
}

const TYPES = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  png: 'image/png',
} as const;

/** What the pages need of Swagger UI: neither its page nor its maps. */
const OF_SWAGGER_UI = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

let loaded: Assets | undefined;

/**
 * The files of the docs, Swagger UI's from its installed package. Read when somebody first looks: two megabytes that a server
 * whose docs nobody reads does not hold.
 *
 * @throws when the package is not installed
 */
export function docsAssets(): Assets {
  return (loaded ??= load());
}

function load(): Assets {
  const { resolve } = createRequire(import.meta.url);
  const files = new Map<string, Asset>(
    OF_SWAGGER_UI.map((name) => [name, asset(name, readFileSync(resolve(`swagger-ui-dist/${name}`)))]),
  );
  files.set('docs.js', asset('docs.js', Buffer.from(SCRIPT)));
  files.set('docs.css', asset('docs.css', Buffer.from(STYLE)));
  const hash = createHash('sha256');
  for (const { bytes } of files.values()) hash.update(bytes);
  return { version: hash.digest('hex').slice(0, 16), files };
}

function asset(name: string, bytes: Buffer): Asset {
  return { contentType: TYPES[name.split('.').at(-1) as keyof typeof TYPES], bytes };
}
