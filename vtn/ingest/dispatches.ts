import type { Logger } from 'pino';
import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Issue } from '../api/errors.ts';
import { deliveryPeriodEndMs, outcomeOf } from '../domain/dispatches.ts';
import type { DispatchOutcome } from '../domain/dispatches.ts';
import { publishDispatch } from '../publish/dispatches.ts';
import type { PublisherDeps } from '../publish/programs.ts';
import { assetsByIds } from '../store/assets.ts';
import { insertDeadLetter, insertDispatch, isKnownDispatch, newestPublishedMs } from '../store/dispatches.ts';
import type { NewDeadLetter } from '../store/dispatches.ts';
import type { Db, Store, Writer } from '../store/store.ts';
import { BadMessage, MAX_MESSAGE_BYTES, readDispatch } from './dispatch-message.ts';
import type { DispatchCommand } from './dispatch-message.ts';

export interface DispatchInboxDeps extends PublisherDeps {
  store: Store;
  log: Logger;
  /** Messages come in on `{topicPrefix}/{asset_id}`. */
  topicPrefix: string;
  /** What is wrong with a message by its schema, `DispatchMessage`. */
  check: (message: unknown) => Issue[];
}

/** What became of a message. */
export type Receipt = DispatchOutcome | 'DUPLICATE' | 'DEAD';

const MAX_TOPIC_LENGTH = 300;
const MAX_DETAIL_LENGTH = 2_000;

/** Takes in dispatch commands, from whichever broker they come. */
export class DispatchInbox {
  readonly #deps: DispatchInboxDeps;
  /** How often each thing became of a message since the start. */
  readonly counts: Record<Receipt, number> = { APPLIED: 0, OUT_OF_ORDER: 0, TOO_LATE: 0, DUPLICATE: 0, DEAD: 0 };

  constructor(deps: DispatchInboxDeps) {
    this.#deps = deps;
  }

  /**
   * Takes one message: the command with its event, or the message with what is wrong with it. It is stored durably when this
   * resolves, and the broker may forget it. The same message may come again at any time, which changes nothing.
   *
   * @param client who published it, as far as the broker says
   * @throws when it could not be stored: then it has to come again.
   */
  async receive(topic: string, payload: Uint8Array, client?: string): Promise<Receipt> {
    const receipt = await this.#store(topic, payload);
    this.counts[receipt] += 1;
    const { level, text } = NOTES[receipt];
    this.#deps.log[level]({ topic: shortened(topic), receipt, client }, text);
    return receipt;
  }

  async #store(topic: string, payload: Uint8Array): Promise<Receipt> {
    const { store, clock, check, topicPrefix } = this.#deps;
    const nowMs = clock.nowMs();
    let command: DispatchCommand;
    try {
      const assetId = topic.slice(topicPrefix.length + 1);
      command = readDispatch(payload, { assetId, check, nowMs });
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error;
      await store.write(({ db }) => insertDeadLetter(db, deadLetter(topic, payload, error, nowMs)));
      return 'DEAD';
    }
    return store.write(async (tx) => {
      const region = await regionOf(tx.db, command.assetId);
      if (region) return recordDispatch(tx, command, region, this.#deps);
      const unknown = new BadMessage('UNKNOWN_ASSET', `asset_id: there is no asset ${command.assetId}`);
      await insertDeadLetter(tx.db, deadLetter(topic, payload, unknown, nowMs));
      return 'DEAD';
    });
  }
}

const NOTES: Readonly<Record<Receipt, { level: 'info' | 'warn'; text: string }>> = {
  APPLIED: { level: 'info', text: 'a dispatch command is applied' },
  OUT_OF_ORDER: { level: 'warn', text: 'a dispatch command is older than one that is known; it is not applied' },
  TOO_LATE: { level: 'warn', text: 'a dispatch command came after its delivery period; it is not applied' },
  DUPLICATE: { level: 'info', text: 'a dispatch command came again and is ignored' },
  DEAD: { level: 'warn', text: 'a message is no dispatch command: see /dispatches/dead-letters' },
};

async function regionOf(db: Db, assetId: string): Promise<Region | undefined> {
  return (await assetsByIds(db, [assetId]))[0]?.region as Region | undefined;
}

/** Adds a command to the history and, where it is applied, makes its event, in one transaction. */
async function recordDispatch(
  tx: Writer,
  command: DispatchCommand,
  region: Region,
  deps: PublisherDeps,
): Promise<Receipt> {
  const { eventId, assetId, periodStartMs, dispatchMs, targetPowerW } = command;
  if (await isKnownDispatch(tx.db, eventId)) return 'DUPLICATE';
  const nowMs = deps.clock.nowMs();
  const outcome = outcomeOf(command, await newestPublishedMs(tx.db, assetId, periodStartMs), nowMs);
  await insertDispatch(tx.db, {
    event_id: eventId,
    source: command.source,
    published_ms: command.publishedMs,
    asset_id: assetId,
    dispatch_ms: dispatchMs,
    period_start_ms: periodStartMs,
    delivery_day: deliveryDayOf(periodStartMs, region),
    target_power_w: targetPowerW,
    nominal_power_w: command.nominalPowerW,
    power_imbalance_w: command.powerImbalanceW,
    soc_imbalance_wh: command.socImbalanceWh,
    outcome,
    received_ms: nowMs,
  });
  const endMs = deliveryPeriodEndMs(periodStartMs);
  const order = { assetId, periodStartMs, startMs: dispatchMs, endMs, targetPowerW };
  if (outcome === 'APPLIED') await publishDispatch(tx, order, deps);
  return outcome;
}

const shortened = (topic: string) => topic.slice(0, MAX_TOPIC_LENGTH);

function deadLetter(topic: string, payload: Uint8Array, error: BadMessage, nowMs: number): NewDeadLetter {
  const text = textOf(payload);
  return {
    topic: shortened(topic),
    reason: error.reason,
    detail: error.message.slice(0, MAX_DETAIL_LENGTH),
    payload: text ?? Buffer.from(payload.subarray(0, MAX_MESSAGE_BYTES)).toString('base64'),
    encoding: text === undefined ? 'base64' : 'utf-8',
    size_bytes: payload.length,
    received_ms: nowMs,
  };
}

/** The payload's beginning as text, unless it is none: a character that was cut in two is left out. */
function textOf(payload: Uint8Array): string | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const isCut = payload.length > MAX_MESSAGE_BYTES;
    const text = decoder.decode(payload.subarray(0, MAX_MESSAGE_BYTES), { stream: isCut });
    // NUL is no text for every database.
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
