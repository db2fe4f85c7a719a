import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram } from './tools.ts';

/** Without openssl there are no certificates. */
export const hasOpenssl = hasProgram('openssl');

/** PEM files, and their texts. */
export interface Certificates {
  /** The authority's certificate. */
  caFile: string;
  ca: string;
  certFile: string;
  keyFile: string;
  tls: { key: string; cert: string };
}

/** An authority of its own and a certificate from it for 127.0.0.1, localhost and receiver.example, in the folder. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-subj', '/CN=Test CA');
  openssl(
    ...['req', '-x509', ...key, '-keyout', at('server.key'), '-out', at('server.crt'), '-subj', '/CN=localhost'],
    ...['-CA', at('ca.crt'), '-CAkey', at('ca.key')],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:receiver.example'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  return {
    caFile: at('ca.crt'),
    ca: read('ca.crt'),
    certFile: at('server.crt'),
    keyFile: at('server.key'),
    tls: { key: read('server.key'), cert: read('server.crt') },
  };
}
