/** From a command to the plans of one device. Pure. */
import type { DeviceCapabilities, DeviceCommand } from '../device.ts';
import type { Block } from './block.ts';
import { planLimit123, planLimit704, planSetpoint704 } from './control.ts';
import type { ControlPlan } from './control.ts';
import { limitsBy123, limitsBy704, setsPowerBy704 } from './measure.ts';
import type { Blocks } from './measure.ts';
import { MODEL_704 } from './models/der-control.ts';
import { MODEL_123 } from './models/legacy.ts';
import { planStorage124, storagePowerW } from './storage.ts';

/**
 * Everything that the command asks of this device: first its limit, then its set-point (clamped to the ratings).
 * `maxW` is 100 % of WMaxLimPct, W. Throws `RangeError` for a value that its point cannot hold.
 */
export function plansFor(
  capabilities: DeviceCapabilities,
  maxW: number,
  command: DeviceCommand,
  blocks: Blocks,
): ControlPlan[] {
  const { maxDischargeW, maxChargeW, canLimitOutput, canSetPower } = capabilities;
  const clamp = (powerW: number): number => Math.max(-maxChargeW, Math.min(maxDischargeW, powerW));
  const plans: ControlPlan[] = [];
  if (canLimitOutput) {
    if (limitsBy704(blocks)) plans.push(planLimit704(blocks.m704, command, maxW));
    else if (limitsBy123(blocks)) plans.push(planLimit123(blocks.m123, command, maxW));
  }
  const { setpointW, fallback } = command;
  if (canSetPower && setsPowerBy704(blocks)) {
    plans.push(
      planSetpoint704(
        blocks.m704,
        setpointW === undefined ? undefined : clamp(setpointW),
        fallback?.setpointW === undefined ? undefined : clamp(fallback.setpointW),
        command.leaseSeconds,
        maxW,
      ),
    );
  } else if (blocks.m124 !== undefined && storagePowerW(blocks.m124) !== undefined) {
    const isLimitedElsewhere = limitsBy704(blocks) || limitsBy123(blocks);
    plans.push(
      ...planStorage124(
        blocks.m124,
        setpointW === undefined ? undefined : clamp(setpointW),
        isLimitedElsewhere ? { kind: 'unlimited' } : command.outputLimit,
        command.leaseSeconds,
      ),
    );
  }
  return plans;
}

/** The block that a plan writes to. */
export function blockOf(blocks: Blocks, plan: ControlPlan): Block | undefined {
  if (plan.model.id === MODEL_704.id) return blocks.m704;
  return plan.model.id === MODEL_123.id ? blocks.m123 : blocks.m124;
}
