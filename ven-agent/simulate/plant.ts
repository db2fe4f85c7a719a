import type { DeviceKind } from '../bridges/device.ts';
import type { ModbusUnit } from '../bridges/modbus/server.ts';

/** A device of the simulated site: physics behind registers, moved to "now" whenever somebody looks. */
export interface SimulatedPlant extends ModbusUnit {
  readonly id: string;
  readonly kind: DeviceKind;
  /** Whether it answers nobody at present. */
  readonly isAsleep?: boolean;
  /** Moves the physics on. */
  advance(): void;
  /** AC power at this instant, W (+ into the grid). */
  readonly powerW: number;
}

/** Full power within 0.2 s, so that a written register shows in the power at once. */
export const RAMP_PER_SECOND = 5;

/** Unit id of every simulated plant: each has a TCP server of its own. */
export const UNIT_ID = 1;
