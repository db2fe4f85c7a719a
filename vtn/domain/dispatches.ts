import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';

/** What became of a dispatch command: only what is APPLIED moves anything. */
export const DISPATCH_OUTCOMES = ['APPLIED', 'OUT_OF_ORDER', 'TOO_LATE'] as const;
export type DispatchOutcome = (typeof DISPATCH_OUTCOMES)[number];

/** Why a message is no dispatch command. */
export const DEAD_LETTER_REASONS = ['TOO_LARGE', 'NOT_JSON', 'INVALID', 'ASSET_MISMATCH', 'UNKNOWN_ASSET'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** A command may take effect so long before its delivery period: a ramp, or an early start. */
export const MAX_LEAD_MS = 3_600_000;

/** A publisher's clock may be ahead by so much; a command from farther in the future would keep all later ones out. */
export const MAX_CLOCK_AHEAD_MS = 300_000;

/** When the delivery period that starts then is over: delivery periods are slots. */
export function deliveryPeriodEndMs(periodStartMs: number): number {
  return periodStartMs + SLOT_MS;
}

/**
 * What becomes of a command: for a delivery period that is over it is too late; one that was published before the newest known
 * for its delivery period has been overtaken. Of two that were published at once the one that comes later holds.
 */
export function outcomeOf(
  command: { publishedMs: number; periodStartMs: number },
  newestPublishedMs: number | undefined,
  nowMs: number,
): DispatchOutcome {
  if (deliveryPeriodEndMs(command.periodStartMs) <= nowMs) return 'TOO_LATE';
  if (newestPublishedMs !== undefined && command.publishedMs < newestPublishedMs) return 'OUT_OF_ORDER';
  return 'APPLIED';
}
