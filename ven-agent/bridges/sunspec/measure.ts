/** What the blocks of a device mean in watts, watt-hours and states. Pure. */
import type { DeviceCapabilities, DeviceKind, DeviceReading, Limit } from '../device.ts';
import type { Block, Points } from './block.ts';
import type { MODEL_120, MODEL_121, MODEL_123 } from './models/legacy.ts';
import type { MODEL_701, MODEL_714 } from './models/der-measurement.ts';
import type { MODEL_702, MODEL_713 } from './models/der-capacity.ts';
import type { MODEL_704, MODEL_715 } from './models/der-control.ts';
import type { Model } from './models/model.ts';
import type { MODEL_802 } from './models/storage.ts';
import type { Quirks } from './quirks.ts';
import { stateOf } from './state.ts';
import { storageLimit, storagePowerW, storageSetpointW } from './storage.ts';
import type { StorageBlock } from './storage.ts';

type BlockOf<M> = M extends Model<infer Name> ? Block<Name> : never;

/** The blocks that a device has; the others are absent. */
export interface Blocks {
  /** One of 101..103, 111..113. */
  inverter?: Points<'W' | 'WH' | 'St'>;
  m120?: BlockOf<typeof MODEL_120>;
  m121?: BlockOf<typeof MODEL_121>;
  m123?: BlockOf<typeof MODEL_123>;
  m124?: StorageBlock;
  m701?: BlockOf<typeof MODEL_701>;
  m702?: BlockOf<typeof MODEL_702>;
  m704?: BlockOf<typeof MODEL_704>;
  m713?: BlockOf<typeof MODEL_713>;
  m714?: BlockOf<typeof MODEL_714>;
  m715?: BlockOf<typeof MODEL_715>;
  m802?: BlockOf<typeof MODEL_802>;
}

/** 100 % of WMaxLimPct in W: the setting where there is one, else the nameplate. */
export function wMaxW({ m702, m121, m120 }: Blocks): number | undefined {
  return m702?.value('WMax') ?? m702?.value('WMaxRtg') ?? m121?.value('WMax') ?? m120?.value('WRtg');
}

/** Is model 704 the one that limits the output (rather than 123)? */
export function limitsBy704(blocks: Blocks): blocks is Blocks & { m704: NonNullable<Blocks['m704']> } {
  return blocks.m704?.raw('WMaxLimPctEna') !== undefined && blocks.m704.value('WMaxLimPct') !== undefined;
}

/** Is it model 123 that limits the output? */
export function limitsBy123(blocks: Blocks): blocks is Blocks & { m123: NonNullable<Blocks['m123']> } {
  return blocks.m123?.raw('WMaxLim_Ena') !== undefined && blocks.m123.value('WMaxLimPct') !== undefined;
}

/** Is it model 704 that takes set-points (rather than 124)? */
export function setsPowerBy704(blocks: Blocks): blocks is Blocks & { m704: NonNullable<Blocks['m704']> } {
  return blocks.m704?.raw('WSetEna') !== undefined && blocks.m704.value('WSet') !== undefined;
}

/** What the device can do; `undefined` when it does not say its rated power. */
export function capabilitiesOf(
  kind: DeviceKind,
  blocks: Blocks,
): Omit<DeviceCapabilities, 'manufacturer' | 'model' | 'serialNumber'> | undefined {
  const maxW = wMaxW(blocks);
  if (maxW === undefined || maxW <= 0) return undefined;
  const { m702, m704, m120 } = blocks;
  const storageW = storagePowerW(blocks.m124);
  const dischargeW =
    m702?.value('WDisChaRteMax') ?? m702?.value('WDisChaRteMaxRtg') ?? m120?.value('MaxDisChaRte') ?? storageW ?? maxW;
  const chargeW =
    m702?.value('WChaRteMax') ?? m702?.value('WChaRteMaxRtg') ?? m120?.value('MaxChaRte') ?? storageW ?? 0;
  const setsBy704 = setsPowerBy704(blocks);
  const canSetPower = setsBy704 || storageW !== undefined;
  const by704 = limitsBy704(blocks);
  const isArmed = (names: readonly Parameters<NonNullable<typeof m704>['raw']>[0][]): boolean =>
    names.every((name) => m704?.raw(name) !== undefined);
  const limitReverts = by704 && isArmed(['WMaxLimPctRvrt', 'WMaxLimPctEnaRvrt', 'WMaxLimPctRvrtTms']);
  const setpointReverts = !canSetPower || (setsBy704 && isArmed(['WSetRvrt', 'WSetEnaRvrt', 'WSetRvrtTms']));
  const capacityWh = capacityOf(blocks);
  return {
    kind,
    maxDischargeW: kind === 'PV' ? maxW : Math.min(maxW, dischargeW),
    maxChargeW: kind === 'PV' ? 0 : chargeW,
    ...(capacityWh === undefined ? {} : { capacityWh }),
    canSetPower,
    canLimitOutput: by704 || limitsBy123(blocks) || storageW !== undefined,
    safeReversion: limitReverts && setpointReverts,
  };
}

/** One picture of the device from the blocks of one poll. */
export function readingOf(
  readAtMs: number,
  blocks: Blocks,
  maxW: number,
  { positiveBankPower }: Pick<Quirks, 'positiveBankPower'>,
): DeviceReading {
  const { inverter, m124, m701, m713, m714, m802 } = blocks;
  const socPercent = m713?.value('SoC') ?? m802?.value('SoC') ?? m124?.value('ChaState');
  const bankW = m802?.value('W');
  const bankOutW = bankW === undefined ? undefined : positiveBankPower === 'charge' ? 0 - bankW : bankW;
  return withoutUndefined<DeviceReading>({
    readAtMs,
    powerW: m701?.value('W') ?? inverter?.value('W') ?? bankOutW ?? m714?.value('DCW'),
    socFraction: socPercent === undefined ? undefined : Math.min(1, socPercent / 100),
    capacityWh: capacityOf(blocks),
    dischargedTotalWh: m701?.value('TotWhInj') ?? inverter?.value('WH'),
    chargedTotalWh: m701?.value('TotWhAbs'),
    state: stateOf(blocks),
    outputLimit: limitInForce(blocks, maxW),
    setpointW: setpointInForce(blocks, maxW),
  });
}

/** One picture of the point that a meter measures: + out of the site. `sign` is -1 where the meter counts that as negative. */
export function meterReadingOf(
  readAtMs: number,
  meter: Points<'W' | 'TotWhExp' | 'TotWhImp'>,
  sign: 1 | -1,
): DeviceReading {
  const powerW = meter.value('W');
  return withoutUndefined<DeviceReading>({
    readAtMs,
    powerW: powerW === undefined ? undefined : powerW * sign + 0,
    dischargedTotalWh: meter.value('TotWhExp'),
    chargedTotalWh: meter.value('TotWhImp'),
  });
}

function capacityOf({ m713, m802, m120 }: Blocks): number | undefined {
  const ratedWh = m713?.value('WHRtg') ?? m802?.value('WHRtg') ?? m120?.value('WHRtg');
  const healthPercent = m713?.value('SoH') ?? m802?.value('SoH') ?? 100;
  return ratedWh === undefined ? undefined : (ratedWh * healthPercent) / 100;
}

function limitInForce(blocks: Blocks, maxW: number): Limit | undefined {
  const { m704, m123, m124 } = blocks;
  if (!limitsBy704(blocks) && !limitsBy123(blocks)) return storageLimit(m124);
  const enabled = m704?.raw('WMaxLimPctEna') ?? m123?.raw('WMaxLim_Ena');
  const percent = m704?.value('WMaxLimPct') ?? m123?.value('WMaxLimPct');
  if (enabled === 0) return { kind: 'unlimited' };
  if (enabled === undefined || percent === undefined) return undefined;
  // 100 % of WMax bounds nothing that WMax does not bound already.
  return percent >= 100 ? { kind: 'unlimited' } : { kind: 'limited', maxW: (percent * maxW) / 100 };
}

function setpointInForce({ m704, m124 }: Blocks, maxW: number): number | undefined {
  if (m704?.raw('WSetEna') === undefined) return storageSetpointW(m124);
  if (m704.raw('WSetEna') !== 1) return undefined;
  if (m704.raw('WSetMod') !== 0) return m704.value('WSet');
  const percent = m704.value('WSetPct');
  return percent === undefined ? undefined : (percent * maxW) / 100;
}

/** Unknown is an absent property. */
function withoutUndefined<T extends object>(values: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
