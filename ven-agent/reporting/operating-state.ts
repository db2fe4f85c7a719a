import type { DeviceCapabilities, DeviceCommand, DeviceReading } from '../bridges/device.ts';

/** Less than this part of the nameplate is "no significant" power. */
const SIGNIFICANT = 0.01;

/**
 * The OpenADR operating state (Definition, "Operating State Enumerations") of a device that answers: ERROR on its own
 * fault, OPTED_OUT while somebody works it on site, CURTAILED while an order bounds what it would do.
 */
export function operatingStateOf(
  reading: DeviceReading,
  capabilities: DeviceCapabilities,
  command: DeviceCommand | undefined,
): string {
  if (reading.state === 'FAULT') return 'ERROR';
  if (reading.state === undefined && reading.powerW === undefined) return 'NORMAL';
  const nameplateW = Math.max(capabilities.maxDischargeW, capabilities.maxChargeW);
  const running = Math.abs(reading.powerW ?? 0) > SIGNIFICANT * nameplateW;
  const prefix = running ? 'RUNNING' : 'IDLE';
  if (reading.state === 'LOCAL') return `${prefix}_OPTED_OUT`;
  return `${prefix}_${isCurtailed(capabilities, command) ? 'CURTAILED' : 'NORMAL'}`;
}

/** An output limit at or above the nameplate bounds nothing. */
function isCurtailed(capabilities: DeviceCapabilities, command: DeviceCommand | undefined): boolean {
  const limit = command?.outputLimit;
  return limit?.kind === 'limited' && limit.maxW < capabilities.maxDischargeW;
}
