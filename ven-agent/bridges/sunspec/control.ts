/**
 * What to write where: a command turned into the points of model 704 or 123, and the comparison with what stands there.
 * Pure. Limits are rounded down and set-points toward zero, so that rounding never asks for more than was allowed.
 */
import type { DeviceCommand, Limit } from '../device.ts';
import type { Block } from './block.ts';
import { encodeNumber, scaleDown, scaleUp } from './codec.ts';
import type { Rounding } from './codec.ts';
import { MODEL_704 } from './models/der-control.ts';
import { MODEL_123 } from './models/legacy.ts';
import { pointOf } from './models/model.ts';
import type { Model } from './models/model.ts';

export interface PointValue {
  name: string;
  /** Unscaled, as it goes into the register. */
  raw: number;
  /** False: the device does not have the point. It is filled with 0 in a block write, left out otherwise. */
  isImplemented: boolean;
}

/** One function of the device (its limit or its set-point) as it shall be. */
export interface ControlPlan {
  model: Model;
  /** In register order without gaps: one FC16 writes them all. */
  values: readonly PointValue[];
  /** For devices that refuse the block: one by one, value, timer, enable last (disable first when released). */
  oneByOne: readonly string[];
  /** Points that decide whether the plan is in force. */
  compared: readonly string[];
  /** Does it expire on the device unless it is written again? Then `remaining` counts down, where implemented. */
  isLease: boolean;
  remaining?: string;
  /** The point that some devices want off and on again before other values count (1 is on). */
  enable?: string;
}

/** Longest time that a uint16 timer can hold, s. */
const LONGEST_TIMER_SECONDS = 0xfffe;

const NONE: ReadonlySet<string> = new Set();

/** Seconds as they go into a uint16 timer. */
export function timerRaw(seconds: number): number {
  return Math.min(Math.round(seconds), LONGEST_TIMER_SECONDS);
}

/** 704 WMaxLimPctEna .. WMaxLimPctRvrtTms, offsets 14..19. */
export function planLimit704(block: Block, command: DeviceCommand, maxW: number): ControlPlan {
  const fallback = command.fallback?.outputLimit ?? { kind: 'unlimited' };
  // A fallback needs a running timer and so an enabled function: "unlimited" is then 100 %, which bounds nothing.
  const isEnabled = command.outputLimit.kind === 'limited' || fallback.kind === 'limited';
  const percent = (limit: Limit): number => rawPercent(block, 'WMaxLimPct', limit, maxW);
  const values = valuesOf(block, [
    ['WMaxLimPctEna', isEnabled ? 1 : 0],
    ['WMaxLimPct', percent(command.outputLimit)],
    ['WMaxLimPctRvrt', percent(fallback)],
    ['WMaxLimPctEnaRvrt', fallback.kind === 'limited' ? 1 : 0],
    ['WMaxLimPctRvrtTms', isEnabled ? Math.round(command.leaseSeconds) : 0],
  ]);
  const enabling = ['WMaxLimPct', 'WMaxLimPctRvrt', 'WMaxLimPctEnaRvrt', 'WMaxLimPctRvrtTms', 'WMaxLimPctEna'];
  const releasing = ['WMaxLimPctEna', 'WMaxLimPctEnaRvrt'];
  return {
    model: MODEL_704,
    values,
    oneByOne: isEnabled ? enabling : releasing,
    compared: isEnabled ? enabling : releasing,
    isLease: isEnabled,
    remaining: 'WMaxLimPctRvrtRem',
  };
}

/** 704 WSetEna .. WSetRvrtTms, offsets 22..32. */
export function planSetpoint704(
  block: Block,
  setpointW: number | undefined,
  fallbackSetpointW: number | undefined,
  leaseSeconds: number,
  maxW: number,
): ControlPlan {
  const isEnabled = setpointW !== undefined;
  // Without a set-point in force there is no timer that could run out into the fallback.
  const fallbackW = isEnabled ? fallbackSetpointW : undefined;
  const watts = (powerW: number): number => scaledRaw(block, 'WSet', powerW, 'towardZero');
  const percent = (powerW: number): number => {
    // The percentage says the same as WSet, for devices that look at it whatever the mode.
    return block.value('WSetPct') === undefined ? 0 : scaledRaw(block, 'WSetPct', (powerW * 100) / maxW, 'towardZero');
  };
  const values = valuesOf(block, [
    ['WSetEna', isEnabled ? 1 : 0],
    ['WSetMod', 1],
    ['WSet', watts(setpointW ?? 0)],
    ['WSetRvrt', watts(fallbackW ?? 0)],
    ['WSetPct', percent(setpointW ?? 0)],
    ['WSetPctRvrt', percent(fallbackW ?? 0)],
    ['WSetEnaRvrt', fallbackW === undefined ? 0 : 1],
    ['WSetRvrtTms', isEnabled ? Math.round(leaseSeconds) : 0],
  ]);
  const enabling = ['WSetMod', 'WSet', 'WSetRvrt', 'WSetEnaRvrt', 'WSetRvrtTms', 'WSetEna'];
  const releasing = ['WSetEna', 'WSetEnaRvrt'];
  return {
    model: MODEL_704,
    values,
    oneByOne: isEnabled ? enabling : releasing,
    compared: isEnabled ? enabling : releasing,
    isLease: isEnabled,
    remaining: 'WSetRvrtRem',
  };
}

/**
 * 123 WMaxLimPct .. WMaxLim_Ena, offsets 5..9. Its timer can only release the limit. Where the fallback is a limit too, the device
 * is given no timer: it keeps what it was told last, for release is what must not happen.
 */
export function planLimit123(block: Block, command: DeviceCommand, maxW: number): ControlPlan {
  const isEnabled = command.outputLimit.kind === 'limited';
  const isLease = isEnabled && command.fallback?.outputLimit.kind !== 'limited';
  const values = valuesOf(block, [
    ['WMaxLimPct', rawPercent(block, 'WMaxLimPct', command.outputLimit, maxW)],
    ['WMaxLimPct_WinTms', 0],
    ['WMaxLimPct_RvrtTms', isLease ? timerRaw(command.leaseSeconds) : 0],
    ['WMaxLimPct_RmpTms', 0],
    ['WMaxLim_Ena', isEnabled ? 1 : 0],
  ]);
  const enabling = ['WMaxLimPct', 'WMaxLimPct_WinTms', 'WMaxLimPct_RmpTms', 'WMaxLimPct_RvrtTms', 'WMaxLim_Ena'];
  return {
    model: MODEL_123,
    values,
    oneByOne: isEnabled ? enabling : ['WMaxLim_Ena'],
    compared: isEnabled ? ['WMaxLimPct', 'WMaxLimPct_RvrtTms', 'WMaxLim_Ena'] : ['WMaxLim_Ena'],
    isLease,
    enable: 'WMaxLim_Ena',
  };
}

/** The registers of a plan, from its first point on. Throws `RangeError` for a value that its point cannot hold. */
export function registersOf(plan: ControlPlan): number[] {
  return plan.values.flatMap(({ name, raw }) => encodeNumber(pointOf(plan.model, name), raw));
}

/** The first compared point, but for those excepted, that the device does not hold as planned; both values in its unit. */
export function firstDifference(
  plan: ControlPlan,
  block: Block,
  excepted: ReadonlySet<string> = NONE,
): { point: string; wrote: number; readBack: number } | undefined {
  for (const point of plan.compared) {
    const planned = plan.values.find((value) => value.name === point);
    const raw = block.raw(point);
    if (planned === undefined || !planned.isImplemented || raw === planned.raw || excepted.has(point)) continue;
    const factor = block.scaleFactor(point) ?? 0;
    return {
      point,
      wrote: scaleUp(planned.raw, factor),
      readBack: raw === undefined ? Number.NaN : scaleUp(raw, factor),
    };
  }
  return undefined;
}

/** The values of a plan, which say whether the device has their points. */
export function valuesOf(block: Block, values: readonly (readonly [string, number])[]): PointValue[] {
  return values.map(([name, raw]) => ({ name, raw, isImplemented: block.raw(name) !== undefined }));
}

function rawPercent(block: Block, point: string, limit: Limit, maxW: number): number {
  const percent = limit.kind === 'unlimited' ? 100 : Math.min(100, (limit.maxW * 100) / maxW);
  return scaledRaw(block, point, percent, 'down');
}

/** A value as it goes into the register of a point. Throws `RangeError` where the device leaves its scale factor open. */
export function scaledRaw(block: Block, point: string, value: number, rounding: Rounding): number {
  const factor = block.scaleFactor(point);
  if (factor === undefined) throw new RangeError(`the device does not say the scale factor of ${point}`);
  return scaleDown(value, factor, rounding);
}
