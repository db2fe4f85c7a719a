import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  caFile: string;
  certFile: string;
  keyFile: string;
  /** PEM text of the authority. */
  ca: string;
}

/** An authority of its own and a certificate from it for 127.0.0.1 and localhost, as PEM files in the folder. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-subj', '/CN=Test CA');
  openssl(
    ...['req', '-x509', ...key, '-keyout', at('server.key'), '-out', at('server.crt'), '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-CA', at('ca.crt'), '-CAkey', at('ca.key')],
  );
  const caFile = at('ca.crt');
  return { caFile, certFile: at('server.crt'), keyFile: at('server.key'), ca: readFileSync(caFile, 'utf8') };
}
