import { hostname } from 'node:os';
import { Bonjour } from 'bonjour-service';
import type { Logger } from 'pino';
import type { VtnConfig } from './config.ts';

/** The service type of a VTN (Definition "Discovery and Configuration of Local VTNs"). */
const TYPE = 'openadr3';
const VERSION = '3.1.1';
const BASE_PATH = `openadr3/${VERSION}`;
const STOP_TIMEOUT_MS = 1_000;

export interface AdvertisementOptions {
  config: Pick<VtnConfig, 'mdns' | 'server' | 'auth'>;
  log: Logger;
}

/** Tells the local network by multicast DNS that there is a VTN (RFC 6762, RFC 6763), as `_openadr3._tcp`. */
export class Advertisement {
  readonly #options: AdvertisementOptions;
  #bonjour: Bonjour | undefined;

  constructor(options: AdvertisementOptions) {
    this.#options = options;
  }

  /** @param url where the server listens */
  start(url: string): void {
    const { config, log } = this.#options;
    const host = `${config.mdns.host ?? hostname().split('.')[0]}.local`;
    const name = config.mdns.name;
    const outside = outsideUrl(url, config.server.publicUrl, host);
    // A network without multicast takes nothing from a VTN but being found.
    this.#bonjour = new Bonjour({}, (err: unknown) => log.warn({ err }, 'the VTN cannot be announced by mDNS'));
    const service = this.#bonjour.publish({
      name,
      type: TYPE,
      protocol: 'tcp',
      host,
      port: Number(outside.port) || (outside.protocol === 'https:' ? 443 : 80),
      txt: textRecord(config, outside.origin),
    });
    service.on('up', () => log.info({ name, host }, 'the VTN is announced by mDNS'));
    service.on('error', (err: unknown) => log.warn({ err, name }, 'the VTN cannot be announced by mDNS'));
  }

  /** Says goodbye, so that nobody looks for it any more. */
  async stop(): Promise<void> {
    const bonjour = this.#bonjour;
    this.#bonjour = undefined;
    if (!bonjour) return;
    let deadline: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (deadline = setTimeout(resolve, STOP_TIMEOUT_MS)));
    await Promise.race([new Promise<void>((resolve) => bonjour.unpublishAll(() => resolve())), timeout]);
    clearTimeout(deadline);
    bonjour.destroy();
  }
}

/** Behind a proxy what the proxy is called; otherwise the local name, which outlasts an address (Definition). */
function outsideUrl(url: string, publicUrl: string | undefined, host: string): URL {
  if (publicUrl !== undefined) return new URL(publicUrl);
  const local = new URL(url);
  local.hostname = host;
  return local;
}

/** The keys of the Definition. */
function textRecord({ mdns, auth }: AdvertisementOptions['config'], origin: string): Record<string, string> {
  return {
    version: VERSION,
    base_path: BASE_PATH,
    local_url: `${origin}/${BASE_PATH}`,
    program_names: mdns.programNames.join(','),
    requires_auth: auth.anonymousRead ? 'False' : 'True',
    openapi_url: `${origin}/openapi/openadr-3.1.yaml`,
  };
}
