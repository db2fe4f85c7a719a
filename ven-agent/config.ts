import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve, dirname } from 'node:path';
import * as z from 'zod';
import { loadConfig as load } from '@openadr-gateway/shared/config.ts';
import type { VtnClientOptions } from './client/vtn-client.ts';
import { parseLineAddress } from './bridges/modbus/address.ts';
import { registerMapSchema } from './bridges/registers/map.ts';
import type { DeviceConfig } from './bridges/registry.ts';
import { faultsOfDevices } from './device-faults.ts';

const limits = z.strictObject({
  /** Bound of consumption or charging while the VTN says nothing, W. Absent: no limit. */
  importMaxW: z.number().nonnegative().optional(),
  /** Bound of generation or discharging, likewise. */
  exportMaxW: z.number().nonnegative().optional(),
});

/** What the levels of SIMPLE mean: bounds of power. A level that is not here means nothing. */
const simple = z.strictObject({ '1': limits.optional(), '2': limits.optional(), '3': limits.optional() });

const device = z.strictObject({
  /** The OpenADR resourceName: the id of the asset. */
  resourceName: z.string().min(1).max(128),
  /** METER: the one at the site's point of connection; it is only read. */
  kind: z.enum(['BESS', 'PV', 'METER']),
  /** registers: a device without SunSpec, described by `registers`. */
  driver: z.enum(['sunspec', 'registers']),
  registers: registerMapSchema.optional(),
  /** tcp://HOST:PORT, rtu+tcp://HOST:PORT or serial:///dev/ttyUSB0?baudRate=9600&parity=none&stopBits=1 */
  url: z.string().superRefine((url, context) => {
    try {
      parseLineAddress(url);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as RangeError).message, continue: false });
    }
  }),
  unitId: z.int().min(0).max(255).default(1),
  timeoutMs: z.int().min(50).max(60_000).optional(),
  /** The inverter that the device sits behind, where events are targeted to inverters. Absent: the one that the VTN names. */
  inverterId: z.string().min(1).max(128).optional(),
  limits: limits.prefault({}),
  simple: simple.optional(),
  /** What is assumed of it under a shared cap before it could be asked, W. Absent: that it may do anything. */
  ratedW: z.number().positive().optional(),
  /** It drops out at an output limit of 0 %: it is limited to 1 % instead. */
  dropsOutAtZero: z.boolean().default(false),
  whenNoSetpoint: z.enum(['release', 'idle']).default('release'),
  soc: z
    .strictObject({
      min: z.number().min(0).max(1).optional(),
      max: z.number().min(0).max(1).optional(),
    })
    .refine(({ min = 0, max = 1 }) => min < max, { message: 'expected min below max' })
    .prefault({}),
  /** Largest step of a set-point away from zero, W per second. Absent: no ramp. */
  rampUpWPerSecond: z.number().positive().optional(),
  /** How it differs from SunSpec, where what is known of its maker does not fit. */
  quirks: z
    .strictObject({
      /** What a METER counts as positive. */
      positivePower: z.enum(['import', 'export']).exactOptional(),
      /** What a battery bank (model 802) counts as positive. */
      positiveBankPower: z.enum(['discharge', 'charge']).exactOptional(),
      /** A new limit counts only after the limit was switched off and on again. */
      togglesLimit: z.boolean().exactOptional(),
      /** It wants register by register with FC06. */
      singleWrites: z.boolean().exactOptional(),
    })
    .prefault({}),
});

export const configSchema = z.strictObject({
  vtn: z
    .strictObject({
      /** `mdns`: one that is found in the local network. */
      url: z.literal('mdns').or(z.url({ protocol: /^https?$/ })),
      mdns: z
        .strictObject({
          /** Of the VTN that is looked for; any when missing. */
          name: z.string().min(1).optional(),
          /** Without TLS whoever calls himself a VTN is sent the client's secret. */
          allowHttp: z.boolean().default(false),
        })
        .prefault({}),
      clientId: z.string().min(1),
      clientSecret: z.string().min(1).optional(),
      clientSecretFile: z.string().min(1).optional(),
      pollSeconds: z.number().min(1).max(3600).default(30),
      timeoutMs: z.int().min(100).max(120_000).default(10_000),
      /** PEM file of the authority that the certificates of the VTN and its broker are from, when it is none that everybody knows. */
      caFile: z.string().min(1).optional(),
      /** An account at the broker, where it has accounts of its own; otherwise the access token is used as the VTN says. */
      mqtt: z.strictObject({ username: z.string().min(1), password: z.string().min(1) }).optional(),
    })
    .refine((vtn) => (vtn.clientSecret === undefined) !== (vtn.clientSecretFile === undefined), {
      path: ['clientSecret'],
      message: 'expected exactly one of clientSecret and clientSecretFile',
      // Also beside other faults: all are named at once.
      when: ({ value }) => typeof value === 'object' && value !== null,
    }),
  site: z.strictObject({
    id: z.string().min(1).max(128),
    /** Of all devices and the rest of the site together, at the point of connection, while the VTN says nothing. */
    limits: limits.prefault({}),
    simple: simple.optional(),
    /** The most that the rest of the site takes and gives, W; it counts while no meter can tell. */
    rest: limits.prefault({}),
  }),
  dataDir: z.string().min(1),
  devices: z
    .array(device)
    .min(1)
    .superRefine((devices, context) => {
      for (const { path, message } of faultsOfDevices(devices)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    }),
  tick: z.strictObject({ intervalMs: z.int().min(100).max(60_000).default(1000) }).prefault({}),
  reporting: z.strictObject({ periodSeconds: z.int().min(1).max(86_400).default(60) }).prefault({}),
  status: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(0),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info') })
    .prefault({}),
});

export type AgentConfig = z.infer<typeof configSchema>;
export type DeviceEntry = AgentConfig['devices'][number];

/**
 * Reads the configuration: the file, then the environment over it (`VEN_AGENT_VTN_URL` is `vtn.url`). A relative
 * `dataDir` or `clientSecretFile` counts from the folder of the file.
 *
 * @throws {ConfigError} naming every fault at once
 */
export function loadAgentConfig(file: string, env: Record<string, string | undefined>): AgentConfig {
  const config = load({ schema: configSchema, file, env, envPrefix: 'VEN_AGENT' });
  const from = (path: string): string => resolve(dirname(file), path);
  const vtn = { ...config.vtn };
  if (vtn.clientSecretFile !== undefined) vtn.clientSecretFile = from(vtn.clientSecretFile);
  if (vtn.caFile !== undefined) vtn.caFile = from(vtn.caFile);
  return { ...config, vtn, dataDir: from(config.dataDir) };
}

/** What the driver of a device needs to know. */
export function deviceConfigOf(entry: DeviceEntry): DeviceConfig {
  const { resourceName, kind, driver, url, unitId, timeoutMs, quirks, registers } = entry;
  return {
    ...{ resourceName, kind, driver, url, unitId, quirks },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(registers === undefined ? {} : { registers }),
  };
}

/** How the VTN is reached and who we are there. @throws when a file that is named cannot be used */
export function vtnAccessOf(config: AgentConfig): VtnClientOptions {
  const { url, clientId, timeoutMs, caFile, mqtt } = config.vtn;
  return {
    ...{ url, clientId, clientSecret: clientSecretOf(config), timeoutMs },
    ...(caFile === undefined ? {} : { ca: certificateOf(caFile) }),
    ...(mqtt === undefined ? {} : { mqtt }),
  };
}

function certificateOf(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    // Throws when it is none; the file may hold several.
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new Error(`vtn.caFile: ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The client's secret, from the configuration or its file. @throws when the file cannot be read or is empty */
function clientSecretOf({ vtn }: AgentConfig): string {
  if (vtn.clientSecretFile === undefined) return vtn.clientSecret ?? '';
  const secret = readFileSync(vtn.clientSecretFile, 'utf8').trim();
  if (secret === '') throw new Error(`vtn.clientSecretFile: ${vtn.clientSecretFile} is empty`);
  return secret;
}
