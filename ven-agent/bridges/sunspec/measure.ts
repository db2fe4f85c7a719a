/** What the blocks of a device mean in watts, watt-hours and states. Pure. */
import type { DeviceCapabilities, DeviceKind, DeviceReading, Limit, OperatingState } from '../device.ts';
import type { Block, Points } from './block.ts';
import type { MODEL_120, MODEL_121, MODEL_123 } from './models/legacy.ts';
import type { MODEL_701 } from './models/der-measurement.ts';
import type { MODEL_702, MODEL_713 } from './models/der-capacity.ts';
import type { MODEL_704, MODEL_715 } from './models/der-control.ts';
import type { Model } from './models/model.ts';

type BlockOf<M> = M extends Model<infer Name> ? Block<Name> : never;

/** The blocks that a device has; the others are absent. */
export interface Blocks {
  /** One of 101..103, 111..113. */
  inverter?: Points<'W' | 'WH' | 'St'>;
  m120?: BlockOf<typeof MODEL_120>;
  m121?: BlockOf<typeof MODEL_121>;
  m123?: BlockOf<typeof MODEL_123>;
  m701?: BlockOf<typeof MODEL_701>;
  m702?: BlockOf<typeof MODEL_702>;
  m704?: BlockOf<typeof MODEL_704>;
  m713?: BlockOf<typeof MODEL_713>;
  m715?: BlockOf<typeof MODEL_715>;
}

/** 100 % of WMaxLimPct in W: the setting where there is one, else the nameplate. */
export function wMaxW({ m702, m121, m120 }: Blocks): number | undefined {
  return m702?.value('WMax') ?? m702?.value('WMaxRtg') ?? m121?.value('WMax') ?? m120?.value('WRtg');
}

/** Is model 704 the one that limits the output (rather than 123)? */
export function limitsBy704(blocks: Blocks): blocks is Blocks & { m704: NonNullable<Blocks['m704']> } {
  return blocks.m704?.raw('WMaxLimPctEna') !== undefined && blocks.m704.value('WMaxLimPct') !== undefined;
}

/** What the device can do; `undefined` when it does not say its rated power. */
export function capabilitiesOf(
  kind: DeviceKind,
  blocks: Blocks,
): Omit<DeviceCapabilities, 'manufacturer' | 'model' | 'serialNumber'> | undefined {
  const maxW = wMaxW(blocks);
  if (maxW === undefined || maxW <= 0) return undefined;
  const { m702, m704, m123 } = blocks;
  const dischargeW = m702?.value('WDisChaRteMax') ?? m702?.value('WDisChaRteMaxRtg') ?? maxW;
  const chargeW = m702?.value('WChaRteMax') ?? m702?.value('WChaRteMaxRtg') ?? 0;
  const canSetPower = m704?.raw('WSetEna') !== undefined && m704.value('WSet') !== undefined;
  const by704 = limitsBy704(blocks);
  const limitsBy123 = m123?.raw('WMaxLim_Ena') !== undefined && m123.value('WMaxLimPct') !== undefined;
  const isArmed = (names: readonly Parameters<NonNullable<typeof m704>['raw']>[0][]): boolean =>
    names.every((name) => m704?.raw(name) !== undefined);
  const limitReverts = by704 && isArmed(['WMaxLimPctRvrt', 'WMaxLimPctEnaRvrt', 'WMaxLimPctRvrtTms']);
  const setpointReverts = !canSetPower || isArmed(['WSetRvrt', 'WSetEnaRvrt', 'WSetRvrtTms']);
  const capacityWh = capacityOf(blocks);
  return {
    kind,
    maxDischargeW: kind === 'PV' ? maxW : Math.min(maxW, dischargeW),
    maxChargeW: kind === 'PV' ? 0 : chargeW,
    ...(capacityWh === undefined ? {} : { capacityWh }),
    canSetPower,
    canLimitOutput: by704 || limitsBy123,
    safeReversion: limitReverts && setpointReverts,
  };
}

/** One picture of the device from the blocks of one poll. */
export function readingOf(readAtMs: number, blocks: Blocks, maxW: number): DeviceReading {
  const { inverter, m701, m713 } = blocks;
  const socPercent = m713?.value('SoC');
  return withoutUndefined<DeviceReading>({
    readAtMs,
    powerW: m701?.value('W') ?? inverter?.value('W'),
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

/** Is the device under local control, so that commands from outside have no effect (715.LocRemCtl)? */
export function isLocal({ m715 }: Blocks): boolean {
  return m715?.raw('LocRemCtl') === 1;
}

function capacityOf({ m713 }: Blocks): number | undefined {
  const ratedWh = m713?.value('WHRtg');
  const healthPercent = m713?.value('SoH') ?? 100;
  return ratedWh === undefined ? undefined : (ratedWh * healthPercent) / 100;
}

function stateOf(blocks: Blocks): OperatingState | undefined {
  const state = blocks.m701 === undefined ? stateOfInverter(blocks) : stateOf701(blocks);
  return isLocal(blocks) && state !== 'FAULT' ? 'LOCAL' : state;
}

function stateOf701({ m701 }: Blocks): OperatingState | undefined {
  const inverterState = m701?.raw('InvSt');
  if (inverterState === 6) return 'FAULT';
  if (m701?.raw('St') === 0 || m701?.raw('ConnSt') === 0 || inverterState === 0 || inverterState === 5) return 'OFF';
  if (inverterState === 1 || inverterState === 2 || inverterState === 7) return 'STANDBY';
  return inverterState === undefined && m701?.raw('St') === undefined ? undefined : 'NORMAL';
}

function stateOfInverter({ inverter }: Blocks): OperatingState | undefined {
  const states: Record<number, OperatingState> = {
    1: 'OFF',
    2: 'STANDBY',
    3: 'STANDBY',
    4: 'NORMAL',
    5: 'NORMAL',
    6: 'OFF',
    7: 'FAULT',
    8: 'STANDBY',
  };
  const state = inverter?.raw('St');
  return state === undefined ? undefined : states[state];
}

function limitInForce({ m704, m123 }: Blocks, maxW: number): Limit | undefined {
  const enabled = m704?.raw('WMaxLimPctEna') ?? m123?.raw('WMaxLim_Ena');
  const percent = m704?.value('WMaxLimPct') ?? m123?.value('WMaxLimPct');
  if (enabled === 0) return { kind: 'unlimited' };
  if (enabled === undefined || percent === undefined) return undefined;
  // 100 % of WMax bounds nothing that WMax does not bound already.
  return percent >= 100 ? { kind: 'unlimited' } : { kind: 'limited', maxW: (percent * maxW) / 100 };
}

function setpointInForce({ m704 }: Blocks, maxW: number): number | undefined {
  if (m704?.raw('WSetEna') !== 1) return undefined;
  if (m704.raw('WSetMod') !== 0) return m704.value('WSet');
  const percent = m704.value('WSetPct');
  return percent === undefined ? undefined : (percent * maxW) / 100;
}

/** Unknown is an absent property. */
function withoutUndefined<T extends object>(values: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
