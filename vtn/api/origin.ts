import { badRequest } from './errors.ts';
import type { Headers } from './http.ts';

const HOST = /^[a-z0-9.:[\]-]{1,255}$/i;

/**
 * Where the outside reaches us, without a slash at its end: the configured URL, or what the caller wrote into `Host`.
 *
 * @throws ApiError 400 when neither tells.
 */
export function originOf({ host }: Headers, publicUrl: string | undefined): string {
  const base = publicUrl ?? (typeof host === 'string' && HOST.test(host) ? `http://${host}` : undefined);
  if (base === undefined) throw badRequest('header.host: expected a host name');
  return base.replace(/\/$/, '');
}
