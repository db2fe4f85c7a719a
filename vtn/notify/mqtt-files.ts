import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '@openadr-gateway/shared/config.ts';
import type { VtnConfig } from '../config.ts';
import type { TlsIdentity } from './broker-messages.ts';

/** What the section `mqtt` names by its files. */
export interface MqttFiles {
  /** Of the embedded broker. */
  tls?: TlsIdentity;
  /** PEM text of whom an external broker's certificate has to be from; without it the authorities that Node knows. */
  ca?: string;
}

/** @throws ConfigError naming every file that cannot be used */
export function readMqttFiles({ tls, caFile }: VtnConfig['mqtt']): MqttFiles {
  const faults: string[] = [];
  const read = (setting: string, file: string, check: (pem: string) => unknown): string => {
    try {
      const pem = readFileSync(file, 'utf8');
      check(pem);
      return pem;
    } catch (error) {
      faults.push(`mqtt.${setting}: ${file}: ${error instanceof Error ? error.message : String(error)}`);
      return '';
    }
  };
  const files: MqttFiles = {};
  if (caFile !== undefined) files.ca = read('caFile', caFile, (ca) => new X509Certificate(ca));
  if (tls) {
    const cert = read('tls.certFile', tls.certFile, (pem) => new X509Certificate(pem));
    const key = read('tls.keyFile', tls.keyFile, (pem) => createSecureContext({ ...(cert ? { cert } : {}), key: pem }));
    files.tls = { cert, key };
  }
  if (faults.length > 0) throw new ConfigError('mqtt', faults);
  return files;
}
