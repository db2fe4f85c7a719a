import { z } from 'zod';
import { TOPIC_ROOT } from '@openadr-gateway/shared/openadr/topics.ts';
import { isNetwork } from './api/peer.ts';
import { authConfig } from './auth/config.ts';
import { CAPACITY_PRODUCTS } from './domain/markets.ts';

const port = z.number().int().min(0).max(65_535);

const server = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    /** 0: any free one. */
    port: port.default(8080),
    /** Where the outside reaches us, with the scheme: behind a proxy, or with a name. */
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** Proxies whose `X-Forwarded-For` tells whom a request is from: addresses and networks, `10.0.0.0/8`. */
    trustedProxies: z
      .array(z.string().refine(isNetwork, 'expected an address or a network like 10.0.0.0/8'))
      .default([]),
    /** Batches of the operations API are up to 1,000 items. */
    bodyLimitBytes: z
      .number()
      .int()
      .min(1_024)
      .max(64 * 1_048_576)
      .default(2 * 1_048_576),
    /** From the first byte of a request to its last. */
    requestTimeoutMs: z.number().int().min(1_000).default(30_000),
    headersTimeoutMs: z.number().int().min(1_000).default(10_000),
    /** How long an idle connection is kept. */
    keepAliveTimeoutMs: z.number().int().min(1_000).default(75_000),
    /** How long a stop waits for requests that are being answered. */
    stopTimeoutMs: z.number().int().min(0).max(60_000).default(8_000),
  })
  .prefault({});

const mqtt = z
  .strictObject({
    mode: z.enum(['embedded', 'external', 'off']).default('embedded'),
    /** Where the embedded broker listens. */
    host: z.string().min(1).default('127.0.0.1'),
    port: port.default(1883),
    /** Of the external broker. */
    url: z.url({ protocol: /^(?:mqtts?|wss?)$/ }).optional(),
    username: z.string().optional(),
    password: z.string().optional(),
    /** PEM file of the authority that an external broker's certificate is from, when it is none that everybody knows. */
    caFile: z.string().min(1).optional(),
    /** The external broker is a mosquitto whose dynamic security plugin we administer: accounts and rights of clients. */
    dynamicSecurity: z.boolean().default(false),
    /** Of the embedded broker: PEM files. With them it speaks TLS only. */
    tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
    authentication: z.enum(['OAUTH2_BEARER_TOKEN', 'ANONYMOUS']).default('OAUTH2_BEARER_TOKEN'),
    /** What `GET /notifiers` tells clients; without it where we connect ourselves. */
    publicUrls: z.array(z.url()).min(1).optional(),
  })
  .refine((m) => m.mode !== 'external' || m.url !== undefined, {
    path: ['url'],
    message: 'required when mode is external',
  })
  .refine((m) => m.tls === undefined || m.mode === 'embedded', {
    path: ['tls'],
    message: 'is for mode embedded; an external broker has its own certificate',
  })
  .refine((m) => !m.dynamicSecurity || (m.mode === 'external' && m.authentication === 'OAUTH2_BEARER_TOKEN'), {
    path: ['dynamicSecurity'],
    message: 'is for mode external with authentication OAUTH2_BEARER_TOKEN',
  })
  .refine((m) => !m.dynamicSecurity || (m.username !== undefined && m.password !== undefined), {
    path: ['dynamicSecurity'],
    message: "expected username and password of an administrator of mosquitto's dynamic security plugin",
  })
  .refine((m) => m.caFile === undefined || m.mode === 'external', {
    path: ['caFile'],
    message: 'is for mode external',
  })
  .prefault({});

const ingest = z
  .strictObject({
    dispatches: z
      .strictObject({
        /** Left out: with the embedded broker, which lets operators publish only, but with no other. Never without MQTT. */
        enabled: z.boolean().optional(),
        /** Commands come in on `{topicPrefix}/{asset_id}`. */
        topicPrefix: z
          .string()
          .regex(/^[^+#/$\0][^+#\0]*(?<!\/)$/, 'expected a topic without wildcards, and no / at its ends')
          .refine((topic) => topic.split('/')[0] !== TOPIC_ROOT.split('/')[0], 'expected a topic outside OpenADR’s own')
          .default('ingest/dispatches'),
        /** Embedded broker with authentication ANONYMOUS: whether anybody may give orders. */
        anonymousPublishers: z.boolean().default(false),
        /** External broker: the client id under which it keeps what comes while the VTN is away. */
        sessionId: z.string().min(1).max(65_535).default('openadr-dispatches'),
      })
      .prefault({}),
  })
  .prefault({});

const webhooks = z
  .strictObject({
    /** For development: http, and callbacks to private and local addresses. */
    allowInsecure: z.boolean().default(false),
    /** Networks of ours in which subscribers may be called: addresses and networks, `10.20.0.0/16`. */
    allowedNetworks: z
      .array(z.string().refine(isNetwork, 'expected an address or a network like 10.0.0.0/8'))
      .default([]),
    /** Certificates (PEM) of authorities that are trusted beside the well-known ones. */
    caFile: z.string().min(1).optional(),
    /** How long a call may take. */
    timeoutSeconds: z.number().int().min(1).max(30).default(10),
    /** How many callback URLs of one client are challenged in a minute. */
    challengesPerMinute: z.number().int().min(1).default(60),
    /** How long an endpoint may fail before it is given up. */
    retryHours: z.number().min(0).max(720).default(24),
    /** How long messages wait for an endpoint. */
    keepHours: z.number().min(1).max(8_760).default(168),
  })
  .prefault({});

/** The configuration of the VTN. Unknown keys are refused. */
export const vtnConfig = z.strictObject({
  server,
  store: z
    .strictObject({
      /** The SQLite file; `:memory:` for a server that forgets. */
      path: z.string().min(1).default('vtn.db'),
    })
    .prefault({}),
  auth: authConfig.prefault({}),
  mqtt,
  ingest,
  feeds: z
    .strictObject({
      /** For how long a reader who was away is told what he missed. */
      retentionHours: z.number().min(0).max(720).default(24),
      heartbeatSeconds: z.number().int().min(1).max(300).default(15),
      /** Readers at a time; the limit of open files bounds them too. */
      maxReaders: z.number().int().min(0).default(20_000),
      maxReadersPerClient: z.number().int().min(1).default(100),
    })
    .prefault({}),
  webhooks,
  /** Announces the VTN on the local network. */
  mdns: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** Of the service; unique in the network. */
      name: z.string().min(1).max(63).default('OpenADR VTN'),
      /** Without `.local`; the machine's name when it is not said. */
      host: z
        .string()
        .regex(/^[a-z0-9-]{1,63}$/i, 'expected a host name without .local')
        .optional(),
      /** Programs that VENs of this network are to use. */
      programNames: z
        .array(z.string().min(1))
        .refine((names) => Buffer.byteLength(names.join(',')) <= 240, 'expected at most 240 bytes, commas included')
        .default([]),
    })
    .prefault({}),
  openadr: z
    .strictObject({
      /** What an event or a subscription for an unknown program answers; public clients disagree. */
      unknownProgramStatus: z.union([z.literal(400), z.literal(409)]).default(400),
    })
    .prefault({}),
  translation: z
    .strictObject({
      /** How many delivery days ahead limits become events. */
      horizonDays: z.number().int().min(1).max(31).default(2),
      /** Markets whose reservations are reserved, not delivered; `*` at the end stands for anything. */
      capacityProducts: z.array(z.string().min(1)).default([...CAPACITY_PRODUCTS]),
    })
    .prefault({}),
  reports: z
    .strictObject({
      /** How often assets report whose reports do not tell; after three of these without one they are OFFLINE. */
      periodSeconds: z.number().int().min(1).max(86_400).default(900),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info') })
    .prefault({}),
});

export type VtnConfig = z.output<typeof vtnConfig>;
