import { DeviceError } from '../bridges/device.ts';
import type { Device, DeviceCapabilities, DeviceCommand, DeviceReading, Limit } from '../bridges/device.ts';

/**
 * What became of a limit, and of a set-point, that nobody refreshed.
 *
 * - `reverted`: the device went where it was told to go in that case; it is safe to lose the agent.
 * - `never applied`: it was not in force at any time.
 * - `still held`: it outlived its lease; the device has no working reversion timer.
 * - `wrong value`: the device went elsewhere.
 */
export type SelftestOutcome = 'reverted' | 'never applied' | 'still held' | 'wrong value';

export interface SelftestResult {
  outcome: SelftestOutcome;
  /** Why, with the values that were seen. */
  detail: string;
}

export interface SelftestDeps {
  /** Resolves after so many milliseconds, during which nobody speaks to the device. */
  wait: (ms: number) => Promise<void>;
  leaseSeconds: number;
  /** What binds the output when nobody orders anything: never exceeded here, and in force at the end. */
  standing: Limit;
}

/** Part of the nameplate that rounding to whole percents may cost. */
const TOLERANCE_SHARE = 0.02;
/** Armed limit and fallback as parts of the most that may be given: the mildest that can be told apart is taken. */
const PROBES = [
  { armed: 0.9, fallback: 0.8 },
  { armed: 1, fallback: 0.5 },
];
/** Set-point that a battery is to leave, as a part of its nameplate. */
const SETPOINT_SHARE = 0.02;
/** Beyond the lease, for timers that count in steps. */
const MARGIN_SECONDS = 5;

/** One thing that was armed. */
interface Probe {
  armed: string;
  expected: string;
  /** All that the device can do, where it cannot be told where to go. */
  onlyReleases: boolean;
  says: (reading: DeviceReading) => string;
  isArmed: (reading: DeviceReading) => boolean;
  isThere: (reading: DeviceReading) => boolean;
}

/**
 * Arms the reversion timers with a mild output limit and, of a battery that reverts, a small discharge; lets them run out and
 * looks where the device went: to its programmed limit, and to a standstill. Then the standing limit holds again. Only for
 * devices whose output can be limited.
 *
 * Rejects with DeviceError when the device cannot be reached, and NOT_SUPPORTED where it could only release its limit although
 * a standing one must hold, or where that leaves too little to tell one value from another.
 */
export async function selftest(device: Device, deps: SelftestDeps): Promise<SelftestResult> {
  const { wait, leaseSeconds, standing } = deps;
  const capabilities = await device.open();
  const { maxDischargeW, safeReversion } = capabilities;
  const mostW = standing.kind === 'limited' ? Math.min(standing.maxW, maxDischargeW) : maxDischargeW;
  if (!safeReversion && mostW < maxDischargeW) {
    throw new DeviceError('NOT_SUPPORTED', `it can only release its limit, and ${text(standing)} must hold`);
  }
  const { command, probes } = armedFor(capabilities, mostW, leaseSeconds);
  try {
    const written = await device.write(command);
    if (written.kind === 'rejected') return { outcome: 'never applied', detail: `refused: ${written.reason}` };
    const before = await device.read();
    const missing = probes.find(({ isArmed }) => !isArmed(before));
    if (missing !== undefined) {
      return {
        outcome: 'never applied',
        detail: `asked for ${missing.armed}, the device says ${missing.says(before)}`,
      };
    }
    await wait((leaseSeconds + MARGIN_SECONDS) * 1_000);
    return outcomeOf(probes, await device.read(), leaseSeconds);
  } finally {
    const rest = { outputLimit: standing, fallback: { outputLimit: standing }, leaseSeconds };
    await device.write(rest).catch(() => undefined);
  }
}

function outcomeOf(probes: readonly Probe[], after: DeviceReading, leaseSeconds: number): SelftestResult {
  const seen = (some: readonly Probe[]): string =>
    `after ${leaseSeconds} s without a refresh: ${some.map(({ says }) => says(after)).join(', ')}`;
  const failed = probes.find(({ isThere }) => !isThere(after));
  if (failed === undefined) {
    const manner = probes.some(({ onlyReleases }) => onlyReleases) ? 'which is all that it can do' : 'as programmed';
    return { outcome: 'reverted', detail: `${seen(probes)}, ${manner}` };
  }
  if (failed.isArmed(after)) return { outcome: 'still held', detail: seen([failed]) };
  return { outcome: 'wrong value', detail: `${seen([failed])}, expected ${failed.expected}` };
}

function armedFor(
  capabilities: DeviceCapabilities,
  mostW: number,
  leaseSeconds: number,
): { command: DeviceCommand; probes: Probe[] } {
  const { maxDischargeW, safeReversion, canSetPower, kind } = capabilities;
  const toleranceW = TOLERANCE_SHARE * maxDischargeW;
  const share = PROBES.find(({ armed, fallback }) => (armed - fallback) * mostW > 2 * toleranceW);
  if (share === undefined) {
    throw new DeviceError('NOT_SUPPORTED', `a limit of ${mostW} W leaves too little to tell one value from another`);
  }
  const armed: Limit = { kind: 'limited', maxW: share.armed * mostW };
  // A device that can only release its limit is as it should be when it does.
  const fallback: Limit = safeReversion ? { kind: 'limited', maxW: share.fallback * mostW } : { kind: 'unlimited' };
  const limit = limitProbe(armed, fallback, toleranceW, !safeReversion);
  if (kind !== 'BESS' || !canSetPower || !safeReversion) {
    return { command: { outputLimit: armed, fallback: { outputLimit: fallback }, leaseSeconds }, probes: [limit] };
  }
  const setpointW = Math.min(Math.floor(SETPOINT_SHARE * maxDischargeW), armed.maxW);
  return {
    command: { outputLimit: armed, setpointW, fallback: { outputLimit: fallback, setpointW: 0 }, leaseSeconds },
    probes: [limit, setpointProbe(setpointW)],
  };
}

function limitProbe(armed: Limit, fallback: Limit, toleranceW: number, onlyReleases: boolean): Probe {
  const same = (a: Limit | undefined, b: Limit): boolean => {
    if (a?.kind !== 'limited' || b.kind !== 'limited') return a?.kind === b.kind;
    return Math.abs(a.maxW - b.maxW) <= toleranceW;
  };
  return {
    ...{ armed: text(armed), expected: text(fallback), onlyReleases },
    says: ({ outputLimit }) => text(outputLimit),
    isArmed: ({ outputLimit }) => same(outputLimit, armed),
    isThere: ({ outputLimit }) => same(outputLimit, fallback),
  };
}

function setpointProbe(armedW: number): Probe {
  const said = (powerW: number | undefined): string =>
    powerW === undefined ? 'no set-point' : `a set-point of ${Math.round(powerW)} W`;
  const isNear = (powerW: number | undefined, toW: number): boolean =>
    powerW !== undefined && Math.abs(powerW - toW) < armedW / 2;
  return {
    ...{ armed: said(armedW), expected: said(0), onlyReleases: false },
    says: ({ setpointW }) => said(setpointW),
    isArmed: ({ setpointW }) => isNear(setpointW, armedW),
    isThere: ({ setpointW }) => isNear(setpointW, 0),
  };
}

function text(limit: Limit | undefined): string {
  if (limit === undefined) return 'nothing about a limit';
  return limit.kind === 'unlimited' ? 'no limit' : `a limit of ${Math.round(limit.maxW)} W`;
}
