import type { DeviceCommand } from './device.ts';

/** Why a command cannot be meant; `undefined` when it can. */
export function faultOf({ outputLimit, setpointW, fallback, leaseSeconds }: DeviceCommand): string | undefined {
  const limits = [outputLimit, ...(fallback === undefined ? [] : [fallback.outputLimit])];
  for (const limit of limits) {
    if (limit.kind === 'limited' && !(limit.maxW >= 0)) return `an output limit of ${limit.maxW} W is no limit`;
  }
  for (const powerW of [setpointW, fallback?.setpointW]) {
    if (powerW !== undefined && !Number.isFinite(powerW)) return `a set-point of ${powerW} W is no power`;
  }
  return leaseSeconds >= 1 && Number.isFinite(leaseSeconds) ? undefined : `a lease of ${leaseSeconds} s is no lease`;
}
