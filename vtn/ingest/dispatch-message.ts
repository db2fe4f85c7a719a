import { isUtf8 } from 'node:buffer';
import { ApiError } from '../api/errors.ts';
import type { Issue } from '../api/errors.ts';
import { inexactNumber } from '../api/exact-numbers.ts';
import { Faults } from '../api/operations/fields.ts';
import { deliveryPeriodEndMs, MAX_CLOCK_AHEAD_MS, MAX_LEAD_MS } from '../domain/dispatches.ts';
import type { DeadLetterReason } from '../domain/dispatches.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';

/** Many times what a command takes. */
export const MAX_MESSAGE_BYTES = 16_384;

/** A dispatch command as it was sent. Signs as in the operations API: + is discharge. */
export interface DispatchCommand {
  source: string;
  eventId: string;
  publishedMs: number;
  assetId: string;
  /** When it takes effect. */
  dispatchMs: number;
  periodStartMs: number;
  targetPowerW: number;
  nominalPowerW: number | null;
  powerImbalanceW: number | null;
  socImbalanceWh: number | null;
}

/** Why a message is no command, in a word and in all its details. */
export class BadMessage extends Error {
  readonly reason: DeadLetterReason;

  constructor(reason: DeadLetterReason, detail: string) {
    super(detail);
    this.name = 'BadMessage';
    this.reason = reason;
  }
}

/** `DispatchMessage` of the operations API's document. */
interface DispatchMessage {
  source: string;
  event_id: string;
  published_at: string;
  asset_id: string;
  dispatch_time: string;
  delivery_period_start: string;
  target_power: Quantity;
  nominal_power?: Quantity | null;
  power_imbalance?: Quantity | null;
  soc_imbalance?: Quantity | null;
}

export interface MessageContext {
  /** The asset that the topic names. */
  assetId: string;
  /** What is wrong with a message by its schema. */
  check: (message: unknown) => Issue[];
  nowMs: number;
}

/** Reads a message. @throws BadMessage */
export function readDispatch(payload: Uint8Array, { assetId, check, nowMs }: MessageContext): DispatchCommand {
  const sent = parsed(payload);
  const issues = check(sent);
  if (issues.length > 0) throw invalidMessage(issues);
  const message = sent as DispatchMessage;
  const faults = new Faults();
  const publishedMs = faults.instant(['published_at'], message.published_at);
  if (publishedMs > nowMs + MAX_CLOCK_AHEAD_MS) {
    faults.add(['published_at'], 'in_the_future', 'expected a time that is not in the future', message.published_at);
  }
  const periodStartMs = faults.slotStart(['delivery_period_start'], message.delivery_period_start);
  const dispatchMs = faults.instant(['dispatch_time'], message.dispatch_time);
  if (dispatchMs < periodStartMs - MAX_LEAD_MS || dispatchMs >= deliveryPeriodEndMs(periodStartMs)) {
    const expected = 'expected a time within the delivery period, or at most an hour before it';
    faults.add(['dispatch_time'], 'outside_period', expected, message.dispatch_time);
  }
  const command = {
    source: message.source,
    eventId: message.event_id.toLowerCase(),
    publishedMs,
    assetId: message.asset_id,
    dispatchMs,
    periodStartMs,
    targetPowerW: faults.quantity(['target_power'], message.target_power, 'power') ?? NaN,
    nominalPowerW: faults.quantity(['nominal_power'], message.nominal_power, 'power'),
    powerImbalanceW: faults.quantity(['power_imbalance'], message.power_imbalance, 'power'),
    socImbalanceWh: faults.quantity(['soc_imbalance'], message.soc_imbalance, 'energy'),
  };
  try {
    faults.throwIfAny();
  } catch (error) {
    throw error instanceof ApiError ? invalidMessage(error.issues) : error;
  }
  if (message.asset_id !== assetId) {
    throw new BadMessage('ASSET_MISMATCH', `asset_id: expected ${assetId} as in the topic, got ${message.asset_id}`);
  }
  return command;
}

function parsed(payload: Uint8Array): unknown {
  if (payload.length > MAX_MESSAGE_BYTES) {
    throw new BadMessage('TOO_LARGE', `expected at most ${MAX_MESSAGE_BYTES} bytes, got ${payload.length}`);
  }
  if (!isUtf8(payload)) throw new BadMessage('NOT_JSON', 'expected UTF-8');
  const text = Buffer.from(payload).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadMessage('NOT_JSON', error instanceof Error ? error.message : String(error));
  }
  const inexact = inexactNumber(text);
  if (inexact) throw invalidMessage([inexact]);
  return value;
}

/** `target_power.unit: expected one of MW, kW, W; published_at: required, but missing` */
function invalidMessage(issues: readonly Issue[]): BadMessage {
  const fault = ({ loc, msg }: Issue) => `${loc.filter((step) => step !== 'body').join('.') || 'the message'}: ${msg}`;
  return new BadMessage('INVALID', issues.map(fault).join('; '));
}
