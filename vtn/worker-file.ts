import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * What a worker thread runs. Next to the bundle it is JavaScript. Next to the source it is TypeScript, which node reads with the
 * help of tsx; a thread does not inherit that help, so a line of JavaScript calls it first.
 *
 * @param moduleUrl of the module beside which the worker's source is
 * @param name of the worker's file, without its ending
 */
export function workerFile(moduleUrl: string, name: string): URL {
  if (!new URL(moduleUrl).pathname.endsWith('.ts')) return new URL(`./${name}.js`, moduleUrl);
  const source = new URL(`./${name}.ts`, moduleUrl).href;
  const tsx = pathToFileURL(createRequire(moduleUrl).resolve('tsx/esm/api')).href.replace(/\.cjs$/, '.mjs');
  const bootstrap = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(source)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(bootstrap)}`);
}
