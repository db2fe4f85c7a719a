import { dynamicSecurityPath, Mosquitto, mosquittoPath } from '../../support/mosquitto.ts';

const administrator = { username: 'vtn', password: 'an administrator' };

/** A broker that enforces who may hear what, with a VTN's `mqtt` settings for it. */
export interface RunningBroker {
  mqtt: object;
  /** As whom everything is heard; undefined: as an operator. */
  administrator?: { username: string; password: string };
  stop(): Promise<unknown>;
}

export interface TestBroker {
  broker: string;
  isMissing: boolean;
  start: () => Promise<RunningBroker>;
}

/** The embedded broker, and Debian's with dynamic security. */
export const BROKERS: readonly TestBroker[] = [
  {
    broker: 'the embedded broker',
    isMissing: false,
    start: () => Promise.resolve({ mqtt: { mode: 'embedded', port: 0 }, stop: () => Promise.resolve() }),
  },
  {
    broker: 'mosquitto with dynamic security (skipped without it)',
    isMissing: !mosquittoPath || !dynamicSecurityPath,
    start: async () => {
      const mosquitto = new Mosquitto({ administrator });
      await mosquitto.start();
      return {
        mqtt: { mode: 'external', url: mosquitto.url, dynamicSecurity: true, ...administrator },
        administrator,
        stop: () => mosquitto.remove(),
      };
    },
  },
];
