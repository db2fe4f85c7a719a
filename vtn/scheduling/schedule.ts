import { hoursOf, storedWh } from './bounds.ts';
import type { ScheduleProblem } from './types.ts';

/** A stretch of constant power. Idle stretches are entries only where a reservation or dispatch wants them. */
export interface ScheduleEntry {
  startMs: number;
  endMs: number;
  /** Consumption positive. */
  powerW: number;
  /** A reservation or dispatch has settled the power. */
  vppEvent: boolean;
  /** Stored at the end of the entry. */
  energyWh: number;
}

export interface Schedule {
  startMs: number;
  endMs: number;
  /** Drawn from the grid less what is fed into it. */
  netEnergyWh: number;
  /** Millionths of the currency; negative is earned. */
  costMicros: number;
  /** 1 where all prices are known; a forecast counts half, a missing price nothing. By time. */
  confidence: number;
  entries: ScheduleEntry[];
}

/** W · ms · thousandths per MWh in a millionth of the currency: 10^6 W/MW · 3.6·10^6 ms/h · 10^3 / 10^6. */
const MICRO = 3_600_000_000n;

/** The schedule that the solver's powers (whole W, consumption positive, by slot) are. */
export function toSchedule(problem: ScheduleProblem, powersW: readonly number[]): Schedule {
  const { device, slots } = problem;
  const entries: ScheduleEntry[] = [];
  let energyWh = device.energyWh;
  let [cost, wattMs] = [0n, 0n];
  slots.forEach((slot, i) => {
    const powerW = powersW[i] ?? 0;
    const vppEvent = slot.fixed !== undefined;
    energyWh = within(energyWh + storedWh(device, powerW, hoursOf(slot)), device.capacityWh);
    const flow = BigInt(powerW) * BigInt(slot.endMs - slot.startMs);
    wattMs += flow;
    cost += flow * BigInt(powerW >= 0 ? slot.importMilliPerMwh : slot.exportMilliPerMwh);
    const last = entries.at(-1);
    const { startMs, endMs } = slot;
    if (last?.endMs === startMs && last.powerW === powerW && last.vppEvent === vppEvent)
      Object.assign(last, { endMs, energyWh: Math.round(energyWh) });
    else if (powerW !== 0 || vppEvent)
      entries.push({ startMs, endMs, powerW, vppEvent, energyWh: Math.round(energyWh) });
  });
  return {
    startMs: slots[0]?.startMs ?? 0,
    endMs: slots.at(-1)?.endMs ?? 0,
    netEnergyWh: Number(dividedEven(wattMs, 3_600_000n)),
    costMicros: Number(dividedEven(cost, MICRO)),
    confidence: confidenceOf(problem),
    entries,
  };
}

const WORTH = { known: 1, forecast: 0.5, missing: 0 } as const;

function confidenceOf({ slots }: ScheduleProblem): number {
  const hours = slots.reduce((sum, slot) => sum + hoursOf(slot), 0);
  const worth = slots.reduce((sum, slot) => sum + WORTH[slot.price] * hoursOf(slot), 0);
  return Math.round((worth / hours) * 1000) / 1000;
}

/** Rounding to whole W may overshoot the storage by a few Wh. */
const within = (energyWh: number, capacityWh: number) => Math.max(0, Math.min(capacityWh, energyWh));

/** Rounded half to even. */
function dividedEven(value: bigint, by: bigint): bigint {
  const [quotient, rest] = [value / by, value % by];
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const away = twice > by || (twice === by && quotient % 2n !== 0n);
  return away ? quotient + (value < 0n ? -1n : 1n) : quotient;
}
