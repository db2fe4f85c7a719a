/** What operators see of an asset's condition. UNKNOWN until it has been heard of. */
export const ASSET_STATUSES = ['UNKNOWN', 'AVAILABLE', 'LIMITED', 'OPTED_OUT', 'FAULT', 'OFFLINE'] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

const BY_OPERATING_STATE: Readonly<Record<string, AssetStatus>> = {
  NORMAL: 'AVAILABLE',
  IDLE_NORMAL: 'AVAILABLE',
  RUNNING_NORMAL: 'AVAILABLE',
  RUNNING_CURTAILED: 'LIMITED',
  IDLE_CURTAILED: 'LIMITED',
  RUNNING_HEIGHTENED: 'LIMITED',
  IDLE_HEIGHTENED: 'LIMITED',
  RUNNING_OPTED_OUT: 'OPTED_OUT',
  IDLE_OPTED_OUT: 'OPTED_OUT',
  ERROR: 'FAULT',
  SGD_ERROR_CONDITION: 'FAULT',
};

/** The status that a reported operating state (OpenADR 3.1, payload OPERATING_STATE) means; private states are UNKNOWN. */
export function statusOf(operatingState: string): AssetStatus {
  return Object.hasOwn(BY_OPERATING_STATE, operatingState)
    ? (BY_OPERATING_STATE[operatingState] ?? 'UNKNOWN')
    : 'UNKNOWN';
}

/** Why an asset has its status. An entry carries every reason that holds at that time. */
export interface StatusReason {
  category: (typeof REASON_CATEGORIES)[number];
  detail: string;
  /** Who says so: the reporting client's name, or the part of the gateway that noticed. */
  source: string;
  attributes: Readonly<Record<string, unknown>>;
}

export const REASON_CATEGORIES = ['UNKNOWN', 'OPERATING_STATE', 'SILENCE', 'INFEASIBLE_ENERGY_BAND'] as const;

/** One entry of an asset's history. Entries are appended with an `effectiveMs` that never goes back. */
export interface StatusEntry {
  status: AssetStatus;
  effectiveMs: number;
  reasons: readonly StatusReason[];
}

/** Silence begins after so many report periods without a report. */
export const SILENT_PERIODS = 3;

/** A reported operating state, and since when. */
export interface ObservedState {
  operatingState: string;
  effectiveMs: number;
  source: string;
  reportId: string;
}

/** The entry that an operating state makes; undefined when nothing is new, and for what is older than what is known. */
export function afterState(before: StatusEntry | undefined, state: ObservedState): StatusEntry | undefined {
  const known = before?.reasons.find((reason) => reason.category === 'OPERATING_STATE');
  if (known) {
    const knownMs = known.attributes['observed_ms'];
    const sinceMs = typeof knownMs === 'number' ? knownMs : (before?.effectiveMs ?? -Infinity);
    if (sinceMs >= state.effectiveMs || known.detail === state.operatingState) return undefined;
  }
  const reason: StatusReason = {
    category: 'OPERATING_STATE',
    detail: state.operatingState,
    source: state.source,
    attributes: { report_id: state.reportId, observed_ms: state.effectiveMs },
  };
  const effectiveMs = Math.max(state.effectiveMs, before?.effectiveMs ?? -Infinity);
  return { status: statusOf(state.operatingState), effectiveMs, reasons: [reason, ...bandsOf(before)] };
}

/** The entry for an asset that has not reported for too long: OFFLINE since it was last heard of. */
export function afterSilence(
  before: StatusEntry | undefined,
  silence: { lastReportMs: number; periodMs: number },
): StatusEntry {
  const seconds = Math.round(silence.periodMs / 1000);
  const reason: StatusReason = {
    category: 'SILENCE',
    detail: `no report for ${SILENT_PERIODS} report periods of ${seconds} s`,
    source: 'gateway',
    attributes: { report_period_seconds: seconds },
  };
  const effectiveMs = Math.max(silence.lastReportMs, before?.effectiveMs ?? -Infinity);
  return { status: 'OFFLINE', effectiveMs, reasons: [reason, ...bandsOf(before)] };
}

/** The entry for an asset that reports again but does not say its operating state; undefined where it was not silent. */
export function afterReport(before: StatusEntry | undefined, nowMs: number): StatusEntry | undefined {
  if (before?.status !== 'OFFLINE') return undefined;
  const effectiveMs = Math.max(nowMs, before.effectiveMs);
  return { status: 'UNKNOWN', effectiveMs, reasons: bandsOf(before) };
}

/** The slots of one delivery day whose energy band no stored energy can satisfy; none where `slotsMs` is empty. */
export interface InfeasibleDay {
  day: string;
  slotsMs: readonly number[];
}

/**
 * The entry that marks infeasible energy bands, or takes marks away: the status itself stays. `days` are the delivery days
 * that were looked at; marks of other days stay from `today` on. Undefined when the marks are what they were.
 */
export function afterBands(
  before: StatusEntry | undefined,
  days: readonly InfeasibleDay[],
  today: string,
  nowMs: number,
): StatusEntry | undefined {
  const looked = new Set(days.map(({ day }) => day));
  const marks = [
    ...bandsOf(before).filter(({ attributes }) => {
      const day = String(attributes['delivery_day']);
      return day >= today && !looked.has(day);
    }),
    ...days.flatMap(({ day, slotsMs }): StatusReason[] => {
      const [firstMs] = slotsMs;
      if (firstMs === undefined) return [];
      const first_slot = new Date(firstMs).toISOString().replace('.000Z', 'Z');
      return [
        {
          category: 'INFEASIBLE_ENERGY_BAND',
          detail: `energy_low is above energy_high on ${day} from ${first_slot} on; published as computed`,
          source: 'period-limits',
          attributes: { delivery_day: day, first_slot, slots: slotsMs.length },
        },
      ];
    }),
  ].sort((a, b) => (String(a.attributes['delivery_day']) < String(b.attributes['delivery_day']) ? -1 : 1));
  if (JSON.stringify(marks) === JSON.stringify(bandsOf(before))) return undefined;
  const others = (before?.reasons ?? []).filter((reason) => reason.category !== 'INFEASIBLE_ENERGY_BAND');
  const effectiveMs = Math.max(nowMs, before?.effectiveMs ?? -Infinity);
  return { status: before?.status ?? 'UNKNOWN', effectiveMs, reasons: [...others, ...marks] };
}

function bandsOf(entry: StatusEntry | undefined): StatusReason[] {
  return (entry?.reasons ?? []).filter((reason) => reason.category === 'INFEASIBLE_ENERGY_BAND');
}

/** The marks of infeasible energy bands that an entry has and the one before it had not. */
export function newBands(before: StatusEntry | undefined, entry: StatusEntry): StatusReason[] {
  const known = new Set(bandsOf(before).map((reason) => JSON.stringify(reason)));
  return bandsOf(entry).filter((reason) => !known.has(JSON.stringify(reason)));
}
