import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { messageChecker } from '../../../vtn/api/messages.ts';
import { OPERATIONS_DOCUMENT } from '../../../vtn/api/operations/index.ts';
import { DispatchInbox } from '../../../vtn/ingest/dispatches.ts';
import type { Operations } from '../operations/support.ts';
import { mw } from '../operations/support.ts';

export const PREFIX = 'ingest/dispatches';

/** A command for 10:00 to 10:15 on the day on which the tests live, with an id of its own. */
export const command = (assetId: string, more: object = {}) => ({
  source: 'desk',
  event_id: randomUUID() as string,
  published_at: '2026-01-15T09:59:30Z',
  asset_id: assetId,
  dispatch_time: '2026-01-15T10:00:00Z',
  delivery_period_start: '2026-01-15T10:00:00Z',
  target_power: mw(5),
  ...more,
});

/** An inbox on the VTN's own store; `send` hands it one message for an asset. */
export async function inboxOf(api: Operations) {
  const inbox = new DispatchInbox({
    store: api.vtn.store,
    clock: api.clock,
    ids: { next: () => randomUUID() },
    log: pino({ level: 'silent' }),
    horizonDays: 2,
    topicPrefix: PREFIX,
    check: await messageChecker(OPERATIONS_DOCUMENT, 'DispatchMessage'),
  });
  const send = (assetId: string, message: unknown) => {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    const payload = Buffer.from(isRaw ? (message as string) : JSON.stringify(message));
    return inbox.receive(`${PREFIX}/${assetId}`, payload);
  };
  return { inbox, send };
}

/** What the event of a delivery period says: since when, how long, kW. */
export async function ordered(api: Operations, assetId: string, period = '2026-01-15T10:00:00Z') {
  const event = await api.event(`dispatch/${assetId}/${period}`);
  return event?.intervals?.map((interval) => [
    interval.intervalPeriod?.start?.slice(11, 19),
    interval.intervalPeriod?.duration,
    interval.payloads[0]?.values[0],
  ]);
}
