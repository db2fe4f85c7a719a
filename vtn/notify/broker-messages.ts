import type { Subscriber } from './acl.ts';

/** How clients prove who they are (Definition "MQTT Notifier Binding Authentication Enumerations"). */
export type BrokerAuthentication = 'ANONYMOUS' | 'OAUTH2_BEARER_TOKEN';

/** The topics one level below the prefix. `anonymous`: those who did not say who they are may publish there as well. */
export interface InboxTopics {
  topicPrefix: string;
  anonymous: boolean;
}

/** A certificate, with those between it and its authority, and its private key. */
export interface TlsIdentity {
  cert: string;
  key: string;
}

/** What the worker is started with. */
export interface BrokerWorkerData {
  host: string;
  port: number;
  /** PEM texts. With them clients come over TLS, and the VTN itself through a door of its own on the loopback interface. */
  tls?: TlsIdentity;
  /** Where that door is; 0: any free port. */
  internalPort: number;
  authentication: BrokerAuthentication;
  /** The VTN's own client: it may publish on every topic. */
  internal: { username: string; password: string };
  /** Where operators publish to the VTN; without it nobody but the VTN publishes. */
  inbox?: InboxTopics;
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
  | { kind: 'taken'; id: number; taken: boolean }
  | { kind: 'kick'; clientId: string }
  | { kind: 'stop' };

export type ToMain =
  | { kind: 'listening'; port: number; internalPort: number }
  | { kind: 'refusedToListen'; message: string }
  | { kind: 'ask'; id: number; token: string }
  | { kind: 'message'; id: number; clientId: string; topic: string; payload: Uint8Array<ArrayBuffer> }
  | { kind: 'note'; text: string; details: Record<string, unknown> };
