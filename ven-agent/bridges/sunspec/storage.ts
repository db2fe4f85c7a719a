/**
 * Storage by model 124: which power it shall run at, and which is in force. Pure. Its rates are limits of discharging (Out)
 * and charging (In) in percent of WChaMax, and a negative one forces the other direction:
 *
 * | order | OutWRte | InWRte | StorCtl_Mod |
 * |---|---|---|---|
 * | discharge P | +P | -P | 3 |
 * | charge P | -P | +P | 3 |
 * | stand still | 0 | 0 | 3 |
 * | discharge P at most | +P | 100 % | 2 |
 * | decide by itself | | | 0 |
 */
import type { Limit } from '../device.ts';
import type { Block } from './block.ts';
import { scaledRaw, timerRaw, valuesOf } from './control.ts';
import type { ControlPlan } from './control.ts';
import { MODEL_124 } from './models/storage.ts';
import type { Model } from './models/model.ts';

export type StorageBlock = typeof MODEL_124 extends Model<infer Name> ? Block<Name> : never;

const LIMITS_DISCHARGE = 2;
const LIMITS_BOTH = 3;

/** The most that the storage takes and gives, W; `undefined` where it cannot be told a power. */
export function storagePowerW(block: StorageBlock | undefined): number | undefined {
  const isControllable = (['StorCtl_Mod', 'OutWRte', 'InWRte'] as const).every(
    (name) => block?.raw(name) !== undefined,
  );
  return isControllable ? block?.value('WChaMax') : undefined;
}

/**
 * The rates (offsets 12..16, in one FC16) and then the mode; only the mode where the storage decides by itself.
 * `outputLimit` counts only where nothing else limits the output. Throws `RangeError` for a rate that does not fit.
 */
export function planStorage124(
  block: StorageBlock,
  setpointW: number | undefined,
  outputLimit: Limit,
  leaseSeconds: number,
): ControlPlan[] {
  if (setpointW === undefined && outputLimit.kind === 'unlimited') return [modePlan(block, 0)];
  const percentOf = (powerW: number): number => Math.min(100, (powerW * 100) / (block.value('WChaMax') ?? 0));
  if (setpointW === undefined) {
    const mostW = outputLimit.kind === 'limited' ? outputLimit.maxW : 0;
    const out = scaledRaw(block, 'OutWRte', percentOf(mostW), 'down');
    const rates = ratesPlan(block, out, scaledRaw(block, 'InWRte', 100, 'down'), leaseSeconds);
    return [rates, modePlan(block, LIMITS_DISCHARGE)];
  }
  const rate = scaledRaw(block, 'OutWRte', percentOf(Math.abs(setpointW)), 'down');
  const out = setpointW < 0 ? -rate : rate;
  return [ratesPlan(block, out, 0 - out, leaseSeconds), modePlan(block, LIMITS_BOTH)];
}

/** The power that the storage is told to run at, W, + discharge; `undefined` where it decides within limits. */
export function storageSetpointW(block: StorageBlock | undefined): number | undefined {
  const out = block?.value('OutWRte');
  const into = block?.value('InWRte');
  const maxW = block?.value('WChaMax');
  if (block?.raw('StorCtl_Mod') !== LIMITS_BOTH || out === undefined || into === undefined) return undefined;
  if (maxW === undefined || out + into > 0) return undefined;
  return (out * maxW) / 100 + 0;
}

/** The limit of discharging in force; `undefined` where the device does not say. */
export function storageLimit(block: StorageBlock | undefined): Limit | undefined {
  const mode = block?.raw('StorCtl_Mod');
  const out = block?.value('OutWRte');
  const maxW = block?.value('WChaMax');
  if (mode === undefined || out === undefined || maxW === undefined) return undefined;
  if ((mode & LIMITS_DISCHARGE) === 0 || out >= 100) return { kind: 'unlimited' };
  return { kind: 'limited', maxW: (Math.max(0, out) * maxW) / 100 };
}

function ratesPlan(block: StorageBlock, out: number, into: number, leaseSeconds: number): ControlPlan {
  return {
    model: MODEL_124,
    values: valuesOf(block, [
      ['OutWRte', out],
      ['InWRte', into],
      ['InOutWRte_WinTms', 0],
      ['InOutWRte_RvrtTms', timerRaw(leaseSeconds)],
      ['InOutWRte_RmpTms', 0],
    ]),
    oneByOne: ['OutWRte', 'InWRte', 'InOutWRte_WinTms', 'InOutWRte_RmpTms', 'InOutWRte_RvrtTms'],
    compared: ['OutWRte', 'InWRte', 'InOutWRte_RvrtTms'],
    isLease: true,
  };
}

function modePlan(block: StorageBlock, mode: number): ControlPlan {
  const names = ['StorCtl_Mod'];
  return {
    model: MODEL_124,
    values: valuesOf(block, [['StorCtl_Mod', mode]]),
    oneByOne: names,
    compared: names,
    isLease: false,
  };
}
