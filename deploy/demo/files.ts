import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DemoDevice } from './device.ts';
import type { DemoOptions } from './options.ts';
import type { DemoSite } from './site.ts';

export interface Credentials {
  id: string;
  secret: string;
}

/** The shape of demo.json, for scripts. */
export interface DemoFile {
  vtnUrl: string;
  openadrUrl: string;
  operationsUrl: string;
  customerUrl: string;
  schedulesUrl: string;
  mqttUrl: string;
  clients: {
    admin: Credentials;
    operator: Credentials;
    ven: Credentials;
    customer: Credentials;
    utility: Credentials;
  };
  siteId: string;
  /** Whose leader the client `utility` is. */
  utilityId: string;
  assets: { id: string; kind: 'BESS' | 'PV'; modbusUrl: string; unitId: number }[];
  /** The customer's, by name: the same plants as the assets, in their order. */
  plants: string[];
  /** The battery, as schedules know it. */
  devices: DemoDevice[];
}

export interface Listening {
  id: string;
  url: string;
  unitId: number;
}

/** The meter at the point of connection: the agent's alone, the VTN knows nothing of it. */
export const SITE_METER = 'SITE_METER';

const secretFile = { mode: 0o600 } as const;

export function writeVtnConfig(o: DemoOptions): string {
  const path = join(o.dataDir, 'vtn.yaml');
  const config = {
    server: { host: '127.0.0.1', port: o.port },
    store: { path: join(o.dataDir, 'vtn.sqlite') },
    mqtt: { mode: 'embedded', host: '127.0.0.1', port: o.mqttPort },
    webhooks: { allowInsecure: true },
  };
  writeFileSync(path, stringify(config));
  return path;
}

/** Reports every five seconds, so that a newcomer need not wait for the usual minute. */
export function writeAgentConfig(
  o: DemoOptions,
  openadrUrl: string,
  site: DemoSite,
  devices: readonly Listening[],
): string {
  const path = join(o.dataDir, 'agent.yaml');
  const config = {
    vtn: { url: openadrUrl, clientId: site.ven.id, clientSecret: site.ven.secret, pollSeconds: 30 },
    site: { id: site.siteId },
    dataDir: join(o.dataDir, 'agent'),
    devices: [...site.assets, { id: SITE_METER, kind: 'METER' }].map(({ id, kind }) => {
      const device = devices.find((d) => d.id === id);
      return {
        resourceName: id,
        kind,
        driver: 'sunspec',
        url: device?.url ?? 'tcp://127.0.0.1:502',
        unitId: device?.unitId ?? 1,
      };
    }),
    reporting: { periodSeconds: 5 },
    status: { host: '127.0.0.1', port: 0 },
  };
  writeFileSync(path, stringify(config), secretFile);
  return path;
}

export function writeDemoFile(dataDir: string, demo: DemoFile): void {
  writeFileSync(join(dataDir, 'demo.json'), `${JSON.stringify(demo, null, 2)}\n`, secretFile);
}
