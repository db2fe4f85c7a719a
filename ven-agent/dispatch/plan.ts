/** One device as the one who shares sees it. Powers in W, + discharge or generation. */
export interface Member {
  name: string;
  /**
   * `steered` takes set-points; of a `limited` one only the output can be bounded; a `fixed` one can be told nothing now,
   * and its edges are the worst that it may do.
   */
  kind: 'steered' | 'limited' | 'fixed';
  lowW: number;
  highW: number;
  /** How far it can be made to go in this tick, which its ramp may hold up. */
  nearLowW: number;
  nearHighW: number;
  /** What it runs at when nothing is shared: the most and the least, since it is not always known. */
  upperW: number;
  lowerW: number;
  /** It follows a set-point of the schedule, and gives way after those that do not. */
  ordered: boolean;
  /** It decides for itself inside its edges: what is left over is for it. */
  free: boolean;
  measuredW?: number | undefined;
  /** It keeps its last limit when nobody watches: what batteries take must not be counted on for it. */
  keeps: boolean;
  /** An output below this cannot be ordered. */
  leastW: number;
  /** By how much it has been above, or below, what it was told for some time. */
  overW: number;
  underW: number;
}

export interface Share {
  lowW: number;
  highW: number;
}

/** What a device is to be given, while it is being shared out. */
export interface Plan {
  readonly member: Member;
  upperW: number;
  lowerW: number;
  cut: boolean;
  raised: boolean;
}

/** What it will do at most. One that does more than it was told is not expected to come down for being told even less. */
export function doneUpperW({ member: { overW, measuredW = 0 }, upperW }: Plan): number {
  return overW > 0 ? Math.max(upperW, measuredW - overW) + overW : upperW;
}

/** Likewise the least, of one that does less than it was told. */
export function doneLowerW({ member: { underW, measuredW = 0 }, lowerW }: Plan): number {
  return underW > 0 ? Math.min(lowerW, measuredW + underW) - underW : lowerW;
}

export function seenUpperW({ member, upperW }: Plan): number {
  return Math.max(upperW, member.measuredW ?? upperW);
}

export function seenLowerW({ member, lowerW }: Plan): number {
  return Math.min(lowerW, member.measuredW ?? lowerW);
}

export function byOrder(plans: readonly Plan[]): [unordered: Plan[], ordered: Plan[]] {
  return [plans.filter(({ member }) => !member.ordered), plans.filter(({ member }) => member.ordered)];
}

export function sum(plans: readonly Plan[], of: (plan: Plan) => number): number {
  return plans.reduce((total, plan) => total + of(plan), 0);
}
