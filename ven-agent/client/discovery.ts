import { lookup } from 'node:dns/promises';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bonjour, type Service } from 'bonjour-service';
import type { Logger } from '@openadr-gateway/shared/log.ts';

export interface DiscoveryOptions {
  /** Of the service; any VTN when missing. */
  name?: string | undefined;
  /** Whether a VTN may be one without TLS, to whom the client's secret is then sent in the clear. */
  allowHttp: boolean;
  /** Where what was found is remembered. */
  dataDir: string;
  log: Logger;
  /** How long to look before what is remembered is taken. */
  patienceMs?: number;
}

const TYPE = 'openadr3';
const PATIENCE_MS = 5_000;

/**
 * Looks for a VTN in the local network by mDNS (Definition "Discovery and Configuration of Local VTNs"), for as long as it takes.
 * One that was found before is taken when none answers soon: a site must not stand still because of its network.
 *
 * @returns the base of its OpenADR API
 */
export async function findVtn({ name, allowHttp, dataDir, log, patienceMs }: DiscoveryOptions): Promise<string> {
  const file = join(dataDir, 'vtn-url');
  const remembered = read(file);
  log.info({ name }, 'looking for a VTN in the local network');
  const bonjour = new Bonjour({}, (err: unknown) => log.warn({ err }, 'the local network cannot be asked for a VTN'));
  let patience: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve) => {
      const take = async (service: Service): Promise<void> => {
        if (name !== undefined && service.name !== name) return;
        const url = await urlOf(service);
        if (url === undefined || (url.protocol !== 'https:' && !allowHttp)) {
          log.warn({ name: service.name, url: url?.href }, 'a VTN that may not be used: expected https');
          return;
        }
        log.info({ name: service.name, url: url.href }, 'found a VTN');
        write(file, url.href, log);
        resolve(url.href);
      };
      bonjour.find({ type: TYPE }, (service) => void take(service));
      if (remembered === undefined) return;
      patience = setTimeout(() => {
        log.warn({ url: remembered }, 'no VTN answers: taking the one of the last time');
        resolve(remembered);
      }, patienceMs ?? PATIENCE_MS);
    });
  } finally {
    clearTimeout(patience);
    bonjour.destroy();
  }
}

/** By its `.local` name, since addresses change; by its address where this machine cannot resolve such names. */
async function urlOf({ host, port, addresses = [], txt }: Service): Promise<URL | undefined> {
  const { local_url: told, base_path: path = '' } = (txt ?? {}) as { local_url?: string; base_path?: string };
  const text = told ?? `https://${host}:${port}/${path}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  const address = addresses.find((one) => !one.includes(':'));
  // A certificate is made out to the name, so that with TLS there is no way around it.
  if (url.protocol === 'https:' || address === undefined) return url;
  await lookup(url.hostname).catch(() => (url.hostname = address));
  return url;
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return URL.canParse(text) ? text : undefined;
  } catch {
    // The first time there is none.
    return undefined;
  }
}

function write(file: string, url: string, log: Logger): void {
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, `${url}\n`);
  } catch (err) {
    log.warn({ err }, 'where the VTN is cannot be remembered');
  }
}
