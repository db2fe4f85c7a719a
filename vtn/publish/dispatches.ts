import { MAX_LEAD_MS } from '../domain/dispatches.ts';
import { eventsByNames } from '../store/events.ts';
import { staleBySubjects } from '../store/stale-schedules.ts';
import type { Writer } from '../store/store.ts';
import { dispatchEventName } from '../translation/plan.ts';
import { keepPast } from '../translation/reconcile.ts';
import { dispatchEvent, dispatchSpan } from '../translation/translate.ts';
import type { Dispatch } from '../translation/translate.ts';
import { applyWanted, ensureProgram } from './programs.ts';
import type { PublisherDeps } from './programs.ts';

/**
 * Makes the event of a delivery period say what its newest command says, from the moment that takes effect; what an earlier
 * one said until then stays. Runs inside the transaction that stores the command.
 */
export async function publishDispatch(tx: Writer, command: Dispatch, deps: PublisherDeps): Promise<void> {
  const programId = await ensureProgram(tx, 'dispatches', deps);
  const name = dispatchEventName(command.assetId, command.periodStartMs);
  const stored = await eventsByNames(tx.db, programId, [name]);
  const earliestMs = command.periodStartMs - MAX_LEAD_MS;
  const spans = keepPast([dispatchSpan(command)], stored[0], earliestMs, command.startMs);
  const event = dispatchEvent(command, spans);
  const changes = await applyWanted(tx, programId, event ? [event] : [], stored, deps);
  // Who plans around reservations plans around dispatches.
  if (changes > 0) await staleBySubjects(tx.db, 'reservations', [command.assetId], deps.clock.nowMs());
}
