import { byOrder, doneLowerW, doneUpperW, seenLowerW, seenUpperW, sum } from './plan.ts';
import type { Member, Plan, Share } from './plan.ts';
import type { Budget } from './rest.ts';

/**
 * Shares what several devices may do together. The edges that come out never add up to more than the budget, as far as the
 * devices can be told; where they cannot, everything that can be told goes as far as it can.
 *
 * ```text
 * too much export: gives way in this order      too much import: gives way in this order
 *   1 batteries without a set-point, to zero      1 batteries without a set-point, to zero
 *   2 batteries with one, to zero                 2 batteries with one, to zero
 *   3 batteries, from zero on into charging       3 batteries, from zero on into discharging
 *   4 PV is curtailed
 * ```
 *
 * Within each step the last device of the configuration gives way first. What is left over goes to the devices that decide
 * for themselves, half of it to PV and the rest to batteries. Nobody moves into room that another one makes before that one
 * was seen to make it.
 */
export function share(members: readonly Member[], budget: Budget): Map<string, Share> {
  const plans = members
    .filter((member) => member.kind !== 'fixed')
    .map((member): Plan => ({ member, upperW: member.upperW, lowerW: member.lowerW, cut: false, raised: false }));
  const bounds = withoutFixed(members, budget);
  const steered = plans.filter((plan) => plan.member.kind === 'steered');
  const limited = plans.filter((plan) => plan.member.kind === 'limited');
  keepWithin(limited, bounds.highW);
  cutDown(steered, limited, bounds.highW, bounds.forceHighW);
  const seenHighW = bounds.highW - sum(limited, ({ member }) => member.overW);
  holdBack(steered, limited, seenHighW);
  cutLimited(limited, seenHighW - sum(steered, seenUpperW));
  raiseUp(steered, limited, bounds);
  holdUp(steered, limited, bounds.lowW, bounds.forceHighW);
  spread(steered, limited, bounds.lowW, seenHighW);
  keepWithin(limited, seenHighW);
  const shares = new Map(plans.map((plan) => [plan.member.name, shareOf(plan)]));
  // Who cannot be told or seen anything now stands still, should it hear.
  for (const { name, kind } of members) if (kind === 'fixed') shares.set(name, { lowW: 0, highW: 0 });
  return shares;
}

interface Bounds {
  lowW: number;
  highW: number;
  /** The same for what makes a battery go beyond zero. */
  forceLowW: number;
  forceHighW: number;
}

/**
 * What is left beside the devices that can be told nothing. What they might do, but was not seen, can bring the others to a
 * stand; it never forces one to charge or discharge.
 */
function withoutFixed(members: readonly Member[], budget: Budget): Bounds {
  let { lowW, highW } = budget;
  let worstUpW = 0;
  let worstDownW = 0;
  for (const { kind, measuredW, lowW: least, highW: most } of members) {
    if (kind !== 'fixed') continue;
    if (measuredW !== undefined) {
      lowW -= measuredW;
      highW -= measuredW;
    } else if (!budget.seesAll) {
      worstUpW += Math.max(0, most);
      worstDownW += Math.min(0, least);
    }
  }
  return {
    highW: highW === Infinity ? Infinity : highW - worstUpW,
    lowW: lowW === -Infinity ? -Infinity : lowW - worstDownW,
    forceHighW: highW === Infinity ? Infinity : Math.max(highW - worstUpW, Math.min(highW, 0)),
    forceLowW: lowW === -Infinity ? -Infinity : Math.min(lowW - worstDownW, Math.max(lowW, 0)),
  };
}

function cutDown(steered: readonly Plan[], limited: readonly Plan[], highW: number, forceHighW: number): void {
  const cut = (plans: readonly Plan[], untilW: number, downTo: (member: Member) => number): void => {
    for (const plan of plans.toReversed()) {
      const excessW = sum([...steered, ...limited], doneUpperW) - untilW;
      const byW = Math.min(excessW, plan.upperW - downTo(plan.member));
      if (!(byW > 0)) continue;
      plan.upperW -= byW;
      plan.lowerW = Math.min(plan.lowerW, plan.upperW);
      plan.cut = true;
    }
  };
  const groups = byOrder(steered);
  for (const plans of groups) cut(plans, highW, ({ nearLowW }) => Math.max(0, nearLowW));
  for (const plans of groups) cut(plans, forceHighW, ({ nearLowW }) => nearLowW);
}

/** Batteries do not rise into room that others are only told to make. */
function holdBack(steered: readonly Plan[], limited: readonly Plan[], highW: number): void {
  let excessW = sum(steered, seenUpperW) + sum(limited, ({ upperW }) => upperW) - highW;
  for (const plan of byOrder(steered).flatMap((plans) => plans.toReversed())) {
    const byW = Math.min(excessW, plan.upperW - Math.max(plan.member.measuredW ?? 0, plan.member.nearLowW));
    if (!(byW > 0)) continue;
    plan.upperW -= byW;
    plan.lowerW = Math.min(plan.lowerW, plan.upperW);
    plan.cut = true;
    excessW -= byW;
  }
}

/** Nor do they sink into it, as far as the upper edge lets them stay where they are. */
function holdUp(steered: readonly Plan[], limited: readonly Plan[], lowW: number, highW: number): void {
  let missingW = lowW - sum(steered, seenLowerW) - sum(limited, ({ lowerW }) => lowerW);
  for (const plan of byOrder(steered).flatMap((plans) => plans.toReversed())) {
    const { measuredW = 0, nearHighW: mostW } = plan.member;
    const roomW = Math.max(0, highW - sum([...steered, ...limited], doneUpperW));
    const upToW = Math.min(measuredW, mostW, plan.upperW + roomW);
    const byW = Math.min(missingW, upToW - plan.lowerW);
    if (plan.cut || !(byW > 0)) continue;
    plan.lowerW += byW;
    plan.upperW = Math.max(plan.upperW, plan.lowerW);
    plan.raised = true;
    missingW -= byW;
  }
}

/**
 * PV that cannot go to a fallback of its own gets no more than the cap itself: were the agent to die, the batteries that take
 * the rest would stop, and the PV would not.
 */
function keepWithin(limited: readonly Plan[], highW: number): void {
  const keeping = limited.filter(({ member }) => member.keeps);
  cutLimited(keeping, Math.max(0, highW));
}

/** PV keeps to what batteries really do now, not to what they were just told. */
function cutLimited(limited: readonly Plan[], highW: number): void {
  let excessW = sum(limited, (plan) => plan.upperW) - highW;
  for (const plan of limited.toReversed()) {
    const byW = Math.min(excessW, plan.upperW - plan.member.leastW);
    if (byW > 0) {
      plan.upperW -= byW;
      excessW -= byW;
    }
    plan.lowerW = Math.min(plan.lowerW, plan.upperW);
  }
}

/** Raises batteries to the lower edge. What a device does not deliver, though told, is for the others to make up for. */
function raiseUp(steered: readonly Plan[], limited: readonly Plan[], { lowW, forceLowW, forceHighW }: Bounds): void {
  const all = [...steered, ...limited];
  const underW = sum(all, ({ member }) => member.underW);
  const raise = (plans: readonly Plan[], untilW: number, upTo: (member: Member) => number): void => {
    for (const plan of plans.toReversed()) {
      const others = all.filter((other) => other !== plan);
      // Told to make up for itself, it would do too much once it obeys.
      const missingW = untilW - plan.lowerW - sum(others, doneLowerW);
      // What the others do not deliver takes no room either; what they deliver beyond what they are told does.
      const shortW = underW - plan.member.underW;
      const roomW = Math.max(0, forceHighW + shortW - sum(all, doneUpperW));
      const byW = Math.min(missingW, upTo(plan.member) - plan.lowerW, plan.upperW - plan.lowerW + roomW);
      if (!(byW > 0)) continue;
      plan.lowerW += byW;
      plan.upperW = Math.max(plan.upperW, plan.lowerW);
      plan.raised = true;
    }
  };
  const groups = byOrder(steered);
  for (const plans of groups) raise(plans, lowW, ({ nearHighW }) => Math.min(0, nearHighW));
  for (const plans of groups) raise(plans, forceLowW, ({ nearHighW }) => nearHighW);
}

/**
 * Hands what is left over to those who decide for themselves, and then to the others, so that whatever narrows them further
 * knows how far they could go.
 */
function spread(steered: readonly Plan[], limited: readonly Plan[], lowW: number, highW: number): void {
  const free = steered.filter(({ member }) => member.free);
  const leftUp = (): number => highW - sum(steered, seenUpperW) - sum(limited, ({ upperW }) => upperW);
  const leftDown = (): number => sum(steered, seenLowerW) + sum(limited, ({ lowerW }) => lowerW) - lowW;
  const part = free.length === 0 ? 1 : 0.5;
  for (const plan of limited) grow(plan, part * leftUp());
  for (const plan of [...free, ...steered.filter(({ member }) => !member.free)]) {
    // Where it is now it may be, as far as that is inside the budget; but room that somebody gave up is for whom it was
    // given up.
    if (!plan.cut) {
      const seenW = Math.min(seenUpperW(plan), plan.member.highW);
      plan.upperW = Math.max(plan.upperW, seenW + Math.min(0, leftUp()));
      grow(plan, leftUp());
    }
    if (!plan.raised) {
      const seenW = Math.max(seenLowerW(plan), plan.member.lowW);
      plan.lowerW = Math.min(plan.lowerW, seenW - Math.min(0, leftDown()));
      plan.lowerW -= Math.max(0, Math.min(leftDown(), plan.lowerW - plan.member.lowW));
    }
  }
  for (const plan of limited) grow(plan, leftUp());
}

function grow(plan: Plan, spareW: number): void {
  plan.upperW += Math.max(0, Math.min(spareW, plan.member.highW - plan.upperW));
}

/** In whole W, rounded to the inside. */
function shareOf({ member, upperW, lowerW }: Plan): Share {
  const high = Math.floor(upperW);
  const low = member.kind === 'steered' ? Math.ceil(lowerW) : member.lowW;
  return { lowW: Math.min(low, high) || 0, highW: high || 0 };
}
