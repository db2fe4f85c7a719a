import type { DeviceCapabilities, DeviceCommand } from '../bridges/device.ts';
import type { Holding } from './arbiter.ts';
import { initialEnergyState } from './energy.ts';
import type { EnergyState } from './energy.ts';
import type { RestState } from './rest.ts';
import type { Share } from './plan.ts';

/** What a command lets a device do, as edges of its power, W. */
export interface Told {
  lowW: number;
  highW: number;
  /** Where it goes when the agent is silent. */
  fallbackLowW: number;
  fallbackHighW: number;
}

/** What must survive from tick to tick about one device. */
export interface DeviceState {
  energy: EnergyState;
  holding?: Holding | undefined;
  /** The last set-point, and what the last command let it do. */
  setpointW?: number | undefined;
  told?: Told | undefined;
  /** The widest of all commands since one was last confirmed: nobody knows which of them it heard. */
  mayHold?: Told | undefined;
  /** Readings in a row above, or below, what it had been told. */
  overTicks: number;
  underTicks: number;
  /** What it was last seen to deliver while no limit held it back, W: what it would deliver again. */
  reachW?: number | undefined;
}

export interface SiteState {
  devices: ReadonlyMap<string, DeviceState>;
  rest: RestState;
  /** Edges that shared caps gave, by cap and device. */
  granted: ReadonlyMap<string, Share>;
}

export const initialDeviceState: DeviceState = { energy: initialEnergyState, overTicks: 0, underTicks: 0 };
export const initialSiteState: SiteState = { devices: new Map(), rest: {}, granted: new Map() };

/** Part of the nameplate by which a device may miss what it was told without being said to disobey. */
const TOLERANCE = 0.02;
/** A device that was told something new takes a moment to do it. */
const PATIENCE_TICKS = 3;

/** How far a device has been above, or below, what it was told for longer than it takes to do it, W. */
export function disobedience(
  { told, overTicks, underTicks }: DeviceState,
  powerW: number | undefined,
): {
  overW: number;
  underW: number;
} {
  if (told === undefined || powerW === undefined) return { overW: 0, underW: 0 };
  return {
    overW: overTicks >= PATIENCE_TICKS ? Math.max(0, powerW - told.highW) : 0,
    underW: underTicks >= PATIENCE_TICKS ? Math.max(0, told.lowW - powerW) : 0,
  };
}

/** Takes note of a command, and of how the device kept to the one before. */
export function noteTold(
  state: DeviceState,
  command: DeviceCommand,
  holding: Holding | undefined,
  capabilities: DeviceCapabilities,
  powerW: number | undefined,
  obeys: boolean,
): DeviceState {
  const { told, mayHold } = state;
  const next = toldOf(command, capabilities);
  const toleranceW = TOLERANCE * Math.max(capabilities.maxDischargeW, capabilities.maxChargeW);
  const over = told !== undefined && powerW !== undefined && powerW > told.highW + toleranceW;
  const under = told !== undefined && powerW !== undefined && powerW < told.lowW - toleranceW;
  return {
    energy: state.energy,
    holding,
    setpointW: command.setpointW,
    told: next,
    mayHold: mayHold === undefined ? undefined : widest(mayHold, next),
    // Who is known not to obey is counted as it is; this is for the others.
    overTicks: over && obeys ? state.overTicks + 1 : 0,
    underTicks: under && obeys ? state.underTicks + 1 : 0,
    reachW: reachOf(state, powerW, toleranceW),
  };
}

/** Of a device that is held back nobody sees what it would do: what it did before counts on, until it is seen to do less. */
function reachOf({ told, reachW }: DeviceState, powerW: number | undefined, toleranceW: number): number | undefined {
  if (powerW === undefined) return reachW;
  const isHeldBack = told !== undefined && powerW > told.highW - toleranceW;
  return isHeldBack ? Math.max(powerW, reachW ?? powerW) : powerW;
}

/** The device was seen to hold the last command. */
export function confirmed(state: SiteState, name: string): SiteState {
  const device = state.devices.get(name);
  if (device?.told === undefined || device.mayHold === device.told) return state;
  return { ...state, devices: new Map(state.devices).set(name, { ...device, mayHold: device.told }) };
}

function widest(a: Told, b: Told): Told {
  return {
    lowW: Math.min(a.lowW, b.lowW),
    highW: Math.max(a.highW, b.highW),
    fallbackLowW: Math.min(a.fallbackLowW, b.fallbackLowW),
    fallbackHighW: Math.max(a.fallbackHighW, b.fallbackHighW),
  };
}

function toldOf({ outputLimit, setpointW, fallback }: DeviceCommand, capabilities: DeviceCapabilities): Told {
  const { maxChargeW, maxDischargeW } = capabilities;
  const edges = (limit: DeviceCommand['outputLimit'] | undefined, powerW: number | undefined): [number, number] => {
    const highW = limit?.kind === 'limited' ? Math.min(limit.maxW, maxDischargeW) : maxDischargeW;
    return powerW === undefined ? [-maxChargeW, highW] : [powerW, Math.min(powerW, highW)];
  };
  const [lowW, highW] = edges(outputLimit, setpointW);
  const [fallbackLowW, fallbackHighW] = edges(fallback?.outputLimit, fallback?.setpointW);
  return { lowW, highW, fallbackLowW, fallbackHighW };
}
