import { DeviceError } from '../bridges/device.ts';
import type { Device, DeviceCapabilities, DeviceCommand, Limit } from '../bridges/device.ts';

/**
 * What became of a limit that nobody refreshed.
 *
 * - `reverted`: the device went where it was told to go in that case; it is safe to lose the agent.
 * - `never applied`: the limit was not in force at any time.
 * - `still held`: the limit outlived its lease; the device has no working reversion timer.
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

/** Far enough from each other, and from the rated power, to be told apart after rounding to whole percents. */
const ARMED_SHARE = 0.9;
const FALLBACK_SHARE = 0.8;
const TOLERANCE_SHARE = 0.02;
/** Beyond the lease, for timers that count in steps. */
const MARGIN_SECONDS = 5;

/**
 * Arms a reversion timer with a mild output limit, lets it run out and looks where the device went; then the standing limit holds
 * again. Only for devices whose output can be limited.
 *
 * Rejects with DeviceError when the device cannot be reached, and NOT_SUPPORTED where it could only release its limit although
 * a standing one must hold.
 */
export async function selftest(device: Device, deps: SelftestDeps): Promise<SelftestResult> {
  const { wait, leaseSeconds, standing } = deps;
  const capabilities = await device.open();
  const { maxDischargeW, safeReversion } = capabilities;
  const mostW = standing.kind === 'limited' ? Math.min(standing.maxW, maxDischargeW) : maxDischargeW;
  if (!safeReversion && mostW < maxDischargeW) {
    throw new DeviceError('NOT_SUPPORTED', `it can only release its limit, and ${text(standing)} must hold`);
  }
  const armed: Limit = { kind: 'limited', maxW: ARMED_SHARE * mostW };
  // A device that can only release its limit is as it should be when it does.
  const expected: Limit = safeReversion ? { kind: 'limited', maxW: FALLBACK_SHARE * mostW } : { kind: 'unlimited' };
  const command: DeviceCommand = { outputLimit: armed, fallback: { outputLimit: expected }, leaseSeconds };
  try {
    const written = await device.write(command);
    const before = (await device.read()).outputLimit;
    if (written.kind === 'rejected') return { outcome: 'never applied', detail: `refused: ${written.reason}` };
    if (!same(before, armed, capabilities)) {
      return { outcome: 'never applied', detail: `asked for ${text(armed)}, the device says ${text(before)}` };
    }
    await wait((leaseSeconds + MARGIN_SECONDS) * 1_000);
    const after = (await device.read()).outputLimit;
    const seen = `after ${leaseSeconds} s without a refresh: ${text(after)}`;
    if (same(after, expected, capabilities)) {
      const manner = safeReversion ? 'its programmed value' : 'which is all that it can do';
      return { outcome: 'reverted', detail: `${seen}, ${manner}` };
    }
    if (same(after, armed, capabilities)) return { outcome: 'still held', detail: seen };
    return { outcome: 'wrong value', detail: `${seen}, expected ${text(expected)}` };
  } finally {
    const rest = { outputLimit: standing, fallback: { outputLimit: standing }, leaseSeconds };
    await device.write(rest).catch(() => undefined);
  }
}

function same(a: Limit | undefined, b: Limit, { maxDischargeW }: DeviceCapabilities): boolean {
  if (a?.kind !== 'limited' || b.kind !== 'limited') return a?.kind === b.kind;
  return Math.abs(a.maxW - b.maxW) <= TOLERANCE_SHARE * maxDischargeW;
}

function text(limit: Limit | undefined): string {
  if (limit === undefined) return 'nothing about a limit';
  return limit.kind === 'unlimited' ? 'no limit' : `a limit of ${Math.round(limit.maxW)} W`;
}
