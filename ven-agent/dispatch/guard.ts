import type { DeviceCommand } from '../bridges/device.ts';
import type { Because, Constraint, Range } from './range.ts';

export interface LastGateFacts {
  /** Where the device may run, after limits, nameplate and energy band. */
  range: Range;
  /** The last set-point, or what the device does without one; undefined: nobody knows. */
  previousW?: number | undefined;
  /** The reading is older than three ticks: nothing may be increased. */
  stale: boolean;
  /** Largest step away from zero per second, W; undefined: no ramp. */
  rampUpWPerSecond?: number | undefined;
  elapsedSeconds: number;
  /** The device drops out below this output, W: it is not limited further. */
  leastOutputW: number;
}

/**
 * The last gate before hardware: whatever was decided before, the set-point stays inside its range and the output limit,
 * is a finite number, and steps away from zero no faster than its ramp. A step towards zero is immediate. What is no number
 * is zero.
 */
export function guard(command: DeviceCommand, facts: LastGateFacts): { command: DeviceCommand; reasons: Constraint[] } {
  const reasons: Constraint[] = [];
  const limited = limitOutput(command, facts.leastOutputW, reasons);
  if (command.setpointW === undefined) return { command: limited, reasons };
  const say = (because: Because): number => reasons.push({ point: 'setpoint', ...because });
  const wantedW = Number.isNaN(command.setpointW) ? 0 : command.setpointW;
  const outputW = limited.outputLimit.kind === 'limited' ? limited.outputLimit.maxW : Infinity;
  const { low, high } = facts.range;
  let safeW = Math.min(Math.max(wantedW, low.powerW), high.powerW, outputW);
  if (safeW > wantedW) say(low.because);
  if (safeW < wantedW) say(high.because);
  const step = largestStep(safeW, facts);
  if (step !== undefined && Math.abs(safeW) > step.fromW + step.byW) {
    safeW = Math.sign(safeW) * (step.fromW + step.byW);
    say({ reason: facts.stale ? 'stale-reading' : 'ramp' });
  }
  // Towards zero: a fraction of a watt is not worth leaving the range for.
  return { command: { ...limited, setpointW: Math.trunc(safeW) || 0 }, reasons };
}

function limitOutput(command: DeviceCommand, leastOutputW: number, reasons: Constraint[]): DeviceCommand {
  const { outputLimit } = command;
  if (outputLimit.kind === 'unlimited') return command;
  const maxW = Math.max(0, Number.isNaN(outputLimit.maxW) ? 0 : outputLimit.maxW);
  if (maxW >= leastOutputW) return { ...command, outputLimit: { kind: 'limited', maxW } };
  reasons.push({ point: 'output', reason: 'least-output' });
  return { ...command, outputLimit: { kind: 'limited', maxW: leastOutputW } };
}

/** From which magnitude and by how much the set-point may grow; undefined: freely. */
function largestStep(wantedW: number, facts: LastGateFacts): { fromW: number; byW: number } | undefined {
  const previousW = facts.previousW ?? 0;
  // The other side of zero starts from zero.
  const fromW = Math.sign(previousW) === Math.sign(wantedW) ? Math.abs(previousW) : 0;
  if (facts.stale) return { fromW, byW: 0 };
  if (facts.rampUpWPerSecond === undefined) return undefined;
  return { fromW, byW: facts.rampUpWPerSecond * Math.max(0, facts.elapsedSeconds) };
}
