import type { Subscriber } from './acl.ts';

/** How clients prove who they are (Definition "MQTT Notifier Binding Authentication Enumerations"). */
export type BrokerAuthentication = 'ANONYMOUS' | 'OAUTH2_BEARER_TOKEN';

/** What the worker is started with. */
export interface BrokerWorkerData {
  host: string;
  port: number;
  authentication: BrokerAuthentication;
  /** The VTN's own client: the only one that may publish. */
  internal: { username: string; password: string };
  /** How often every connection's token is checked again. */
  recheckMs: number;
}

/** A subscriber, and how long his token lasts from now; `undefined`: as long as the VTN says so at the next check. */
export interface Admission extends Subscriber {
  lastsMs?: number;
}

export type ToWorker =
  | { kind: 'answer'; id: number; outcome: 'admitted'; admission: Admission }
  | { kind: 'answer'; id: number; outcome: 'refused' | 'failed' }
  | { kind: 'kick'; clientId: string }
  | { kind: 'stop' };

export type ToMain =
  | { kind: 'listening'; port: number }
  | { kind: 'refusedToListen'; message: string }
  | { kind: 'ask'; id: number; token: string }
  | { kind: 'note'; text: string; details: Record<string, unknown> };
