import * as z from 'zod';
import type { OperatingState } from '../device.ts';
import { REGISTER_TYPES } from './point.ts';

const raw = z.number().refine(Number.isSafeInteger, 'expected a whole number');

const point = z.strictObject({
  /** As it goes over the line, counted from 0: 40001 of a manual that counts from 40001 is 0 here. */
  address: z.int().min(0).max(65_535),
  type: z.enum(Object.keys(REGISTER_TYPES) as (keyof typeof REGISTER_TYPES)[]),
  /** value = sign x raw x scale */
  scale: z.number().positive().default(1),
  sign: z.union([z.literal(1), z.literal(-1)]).default(1),
  wordOrder: z.enum(['high-first', 'low-first']).default('high-first'),
});

const reach = {
  path: ['address'],
  message: 'expected registers up to 65535',
  check: ({ address, type }: z.infer<typeof point>): boolean => address + REGISTER_TYPES[type] <= 0x10000,
};

const readable = point
  .extend({
    /** 3 holding, 4 input registers. */
    functionCode: z.union([z.literal(3), z.literal(4)]).default(3),
    /** The raw number that means "not known". */
    unknown: raw.exactOptional(),
  })
  .refine(reach.check, reach);

const stated = point
  .extend({
    functionCode: z.union([z.literal(3), z.literal(4)]).default(3),
    /** Raw numbers by the state that they mean; others are unknown. */
    states: z
      .strictObject(
        Object.fromEntries(
          (['NORMAL', 'STANDBY', 'OFF', 'FAULT', 'LOCAL'] satisfies OperatingState[]).map((state) => [
            state,
            z.array(raw).exactOptional(),
          ]),
        ) as Record<OperatingState, z.ZodExactOptional<z.ZodArray<typeof raw>>>,
      )
      .prefault({}),
  })
  .refine(reach.check, reach);

const written = point.extend({
  /** 16 several registers, 6 a single one. */
  functionCode: z.union([z.literal(6), z.literal(16)]).default(16),
  /** False: the device does not let it be read, so what was written last counts. */
  readBack: z.boolean().default(true),
});

const singleFits = {
  path: ['functionCode'],
  message: 'expected 16: function 6 writes one register only',
  check: ({ functionCode, type }: z.infer<typeof written>): boolean =>
    functionCode === 16 || REGISTER_TYPES[type] === 1,
};

const writable = written.refine(reach.check, reach).refine(singleFits.check, singleFits);

/** A register that switches a function on and off. */
const switching = written
  .extend({ type: written.shape.type.default('uint16'), on: raw.default(1), off: raw.default(0) })
  .refine(reach.check, reach)
  .refine(singleFits.check, singleFits);

/** How a device without SunSpec keeps what the agent reads and writes. */
export const registerMapSchema = z.strictObject({
  manufacturer: z.string().default(''),
  model: z.string().default(''),
  /** Largest power that it may deliver and take, W. */
  maxDischargeW: z.number().positive().exactOptional(),
  maxChargeW: z.number().nonnegative().exactOptional(),
  capacityWh: z.number().positive().exactOptional(),
  read: z.strictObject({
    /** + discharge, generation, or what leaves the site; turned round with `sign: -1`. */
    powerW: readable,
    /** 0..1; a percentage has `scale: 0.01`. */
    socFraction: readable.exactOptional(),
    dischargedTotalWh: readable.exactOptional(),
    chargedTotalWh: readable.exactOptional(),
    state: stated.exactOptional(),
  }),
  write: z
    .strictObject({
      /** The output limit in W, or in percent of maxDischargeW. */
      outputLimitW: writable.exactOptional(),
      outputLimitPercent: writable.exactOptional(),
      outputLimitEnable: switching.exactOptional(),
      /** + discharge */
      setpointW: writable.exactOptional(),
      setpointEnable: switching.exactOptional(),
      /** Seconds for which the device keeps what it was told. */
      timerSeconds: writable.exactOptional(),
      /** Everything is written again after so long, for devices that forget it without having a timer register. */
      refreshSeconds: z.number().min(1).exactOptional(),
    })
    .refine((write) => write.outputLimitW === undefined || write.outputLimitPercent === undefined, {
      path: ['outputLimitPercent'],
      message: 'expected only one of outputLimitW and outputLimitPercent',
    })
    .refine((write) => (write.setpointW === undefined) === (write.setpointEnable === undefined), {
      path: ['setpointEnable'],
      message: 'expected setpointW and setpointEnable together: a set-point has to be handed back one day',
    })
    .prefault({}),
});

export type RegisterMap = z.infer<typeof registerMapSchema>;
export type WritePoint = NonNullable<RegisterMap['write']['setpointW']>;

/** What a map lacks or has too much for a kind of device: the path in it, and what was expected. */
export function faultsOfMap(map: RegisterMap, kind: 'BESS' | 'PV' | 'METER'): [path: string[], message: string][] {
  const writes = Object.keys(map.write);
  if (kind === 'METER') return writes.length > 0 ? [[['write'], 'a METER takes no orders']] : [];
  const faults: [string[], string][] = [];
  if (map.maxDischargeW === undefined) faults.push([['maxDischargeW'], `expected a number at a ${kind}`]);
  if (kind === 'BESS' && map.write.setpointW !== undefined && map.maxChargeW === undefined) {
    faults.push([['maxChargeW'], 'expected a number where there is a set-point']);
  }
  return faults;
}
