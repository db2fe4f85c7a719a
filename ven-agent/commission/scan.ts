import { DeviceError } from '../bridges/device.ts';
import type { DeviceKind } from '../bridges/device.ts';
import type { FoundModel } from '../bridges/sunspec/discovery.ts';
import { METER_MODELS, MODEL_1, MODELS } from '../bridges/sunspec/models/index.ts';
import type { Block } from '../bridges/sunspec/block.ts';
import type { Model, Point } from '../bridges/sunspec/models/model.ts';
import type { SunSpecUnit } from '../bridges/sunspec/unit.ts';

/** A model that a device has; `points` where the product knows it: the vendor's names and values in their units. */
export interface ScannedModel extends FoundModel {
  points?: readonly (readonly [name: string, value: number | string])[];
}

export interface Scan {
  manufacturer: string;
  model: string;
  version: string;
  serialNumber: string;
  models: readonly ScannedModel[];
  /** What the device seems to be, from its models. */
  kind: DeviceKind;
}

/** Models that only storage has: 124 basic storage, 713 DER storage capacity, 802 battery base. */
const STORAGE = [124, 713, 802];

/** Reads everything that a unit says and the product knows. Only reads. Rejects with DeviceError. */
export async function scanUnit(unit: SunSpecUnit): Promise<Scan> {
  const common = await unit.read(MODEL_1, 'SN');
  const models: ScannedModel[] = [];
  for (const found of unit.found) models.push(await scanModel(unit, found));
  const ids = unit.modelIds;
  const isMeter = METER_MODELS.some(({ id }) => ids.includes(id)) && !ids.some((id) => id > 100 && id < 180);
  return {
    manufacturer: common.text('Mn') ?? '',
    model: common.text('Md') ?? '',
    version: common.text('Vr') ?? '',
    serialNumber: common.text('SN') ?? '',
    models,
    kind: STORAGE.some((id) => ids.includes(id)) ? 'BESS' : isMeter ? 'METER' : 'PV',
  };
}

async function scanModel(unit: SunSpecUnit, found: FoundModel): Promise<ScannedModel> {
  const model = MODELS.get(found.id);
  // Of several with one id the first is the one that is used.
  if (model === undefined || !unit.has(model) || unit.found.find(({ id }) => id === found.id) !== found) return found;
  let block: Block;
  try {
    block = await unit.read(model);
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'EXCEPTION') return found;
    throw error;
  }
  return { ...found, points: [...model.points.values()].flatMap((point) => shown(model, point, block)) };
}

/** A point with its value, unless it is not implemented or only there to lay out the others. */
function shown(model: Model, { name, type }: Point, block: Block): (readonly [string, number | string])[] {
  if (name === 'ID' || name === 'L' || type === 'pad') return [];
  const isScaleFactor = [...model.points.values()].some(({ scaleFactor }) => scaleFactor === name);
  if (isScaleFactor) return [];
  const value = type.startsWith('string') ? block.text(name) : block.value(name);
  return value === undefined ? [] : [[name, value]];
}

/** What a person reads, and a block for the agent's configuration. */
export function scanReport(
  { manufacturer, model, version, serialNumber, models, kind }: Scan,
  at: { url: string; unitId: number },
): string {
  const lines = models.flatMap(({ id, address, length, points }) => [
    `  ${id} at ${address}, ${length} registers${points === undefined ? ' (not used)' : ''}`,
    ...(points ?? []).map(([name, value]) => `      ${name} = ${value}`),
  ]);
  return [
    `unit ${at.unitId}: ${[manufacturer, model, version].filter((text) => text !== '').join(' ')}, serial number ${serialNumber || 'not told'}`,
    'models:',
    ...lines,
    '',
    'For the configuration (resourceName is the id of the asset in the VTN):',
    'devices:',
    `  - resourceName: ASSET_ID`,
    `    kind: ${kind}`,
    '    driver: sunspec',
    `    url: ${at.url}`,
    `    unitId: ${at.unitId}`,
  ].join('\n');
}
