/** What the grid meter says; `absent`: there is none, `blind`: there is one, but it is silent or not to be believed. */
export type MeterView = { kind: 'absent' } | { kind: 'blind' } | { kind: 'seen'; powerW: number };

/** The most that the rest of the site takes and gives, as far as the configuration says. */
export interface RestLimits {
  importMaxW?: number | undefined;
  exportMaxW?: number | undefined;
}

/** What must survive from tick to tick: the average of the rest, + export. */
export interface RestState {
  averageW?: number;
  /** Whose power was known when it was taken: with others beside them the rest is another one. */
  seen?: string;
}

/** What all devices of the site together may do, W, + export. Infinite where there is no cap. */
export interface Budget {
  lowW: number;
  highW: number;
  /** The power of a device that says nothing is part of what the meter sees beside the others. */
  seesAll: boolean;
}

const AVERAGING_SECONDS = 5;

/**
 * What the caps of the site leave for its devices, beside the rest of the site.
 *
 * ```text
 *          grid meter  G = S + R         S the devices, R the rest (load -, other generation +)
 *          ┌──────┐                      -importCap ≤ G ≤ exportCap
 *  grid ───┤  G   ├──┬── devices S       -importCap - R ≤ S ≤ exportCap - R
 *          └──────┘  └── rest R
 * ```
 *
 * Of the rest as it is and its average over some seconds the worse one counts: a load that goes away narrows the devices at
 * once, one that comes back makes room by and by. Where the meter is silent the rest counts as the worst that the
 * configuration says, as unbounded where it says nothing; without any meter the devices are the site, beside what the
 * configuration says of a rest. What is only assumed never forces a device to move: then zero is always allowed.
 *
 * @param devices what those that were seen did, at the same instant as the meter, and who they were
 */
export function siteBudget(
  caps: { importW: number; exportW: number },
  meter: MeterView,
  devices: { powerW: number; seen: string },
  rest: RestLimits,
  state: RestState,
  elapsedSeconds: number,
): { budget: Budget; state: RestState } {
  if (meter.kind !== 'seen') return { budget: assumedBudget(caps, meter, rest), state: {} };
  const nowW = meter.powerW - devices.powerW;
  const weight = 1 - Math.exp(-Math.max(0, elapsedSeconds) / AVERAGING_SECONDS);
  const beforeW = (state.seen === devices.seen ? state.averageW : undefined) ?? nowW;
  const averageW = beforeW + weight * (nowW - beforeW);
  let lowW = -caps.importW - Math.min(nowW, averageW);
  let highW = caps.exportW - Math.max(nowW, averageW);
  // Caps so near to each other that the average does not fit between them: then only the present counts.
  if (lowW > highW) [lowW, highW] = [-caps.importW - nowW, caps.exportW - nowW];
  return { budget: { lowW, highW, seesAll: true }, state: { averageW, seen: devices.seen } };
}

/** The same when nobody measures: for a silent meter, and for what devices fall back to when the agent is silent. */
export function assumedBudget(caps: { importW: number; exportW: number }, meter: MeterView, rest: RestLimits): Budget {
  const unknownW = meter.kind === 'absent' ? 0 : Infinity;
  const leftOf = (capW: number, takenW: number): number => (capW === Infinity ? Infinity : Math.max(0, capW - takenW));
  return {
    lowW: -leftOf(caps.importW, rest.importMaxW ?? unknownW) || 0,
    highW: leftOf(caps.exportW, rest.exportMaxW ?? unknownW),
    seesAll: false,
  };
}
