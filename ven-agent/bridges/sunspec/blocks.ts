import type { DeviceKind } from '../device.ts';
import type { Blocks } from './measure.ts';
import {
  INVERTER_MODELS,
  MODEL_120,
  MODEL_121,
  MODEL_123,
  MODEL_124,
  MODEL_701,
  MODEL_702,
  MODEL_704,
  MODEL_713,
  MODEL_714,
  MODEL_715,
  MODEL_802,
} from './models/index.ts';
import type { SunSpecUnit } from './unit.ts';

/** Ratings and settings: what changes with a technician's visit only. */
export async function readSettings(unit: SunSpecUnit): Promise<Blocks> {
  const blocks: Blocks = {};
  if (unit.has(MODEL_702)) blocks.m702 = await unit.read(MODEL_702);
  if (unit.has(MODEL_121)) blocks.m121 = await unit.read(MODEL_121);
  if (unit.has(MODEL_120)) blocks.m120 = await unit.read(MODEL_120);
  return blocks;
}

/** What can be commanded, as it stands now, and whether commands count (715, 802). Storage is a BESS's affair alone. */
export async function readControls(unit: SunSpecUnit, kind: DeviceKind): Promise<Blocks> {
  const blocks: Blocks = {};
  if (unit.has(MODEL_704)) blocks.m704 = await unit.read(MODEL_704);
  if (unit.has(MODEL_123)) blocks.m123 = await unit.read(MODEL_123);
  if (unit.has(MODEL_715)) blocks.m715 = await unit.read(MODEL_715);
  // A hybrid inverter shows its battery beside its PV: two devices to the agent, of one unit.
  if (kind !== 'BESS') return blocks;
  if (unit.has(MODEL_124)) blocks.m124 = await unit.read(MODEL_124);
  if (unit.has(MODEL_802)) blocks.m802 = await unit.read(MODEL_802);
  return blocks;
}

/** Measurements and controls. Values and their scale factors (which may change in 10x) come in the same request. */
export async function readState(unit: SunSpecUnit, kind: DeviceKind): Promise<Blocks> {
  const blocks: Blocks = {};
  // The first 121 of 155 registers hold all but the alarm text, which is read when there is an alarm.
  if (unit.has(MODEL_701)) blocks.m701 = await unit.read(MODEL_701, 'TotWh_SF');
  const inverter = unit.firstOf(INVERTER_MODELS);
  if (inverter !== undefined) blocks.inverter = await unit.read(inverter);
  if (unit.has(MODEL_713)) blocks.m713 = await unit.read(MODEL_713);
  // Direct current says what flows only where nobody measures the alternating one.
  if (unit.has(MODEL_714) && blocks.m701 === undefined && inverter === undefined) {
    blocks.m714 = await unit.read(MODEL_714);
  }
  return { ...blocks, ...(await readControls(unit, kind)) };
}
