import type { Command } from 'commander';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { AHEAD_MS, neededUntilMs, signerAt } from '../auth/key-schedule.ts';
import type { Dated } from '../auth/key-schedule.ts';
import { addSigningKey } from '../auth/signing-keys.ts';
import { listSigningKeys } from '../store/signing-keys.ts';
import { dateText, print, readConfig, withConfig, withStore } from './context.ts';
import type { ConfigOption } from './context.ts';

/** `vtn keys list|rotate`. */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('the keys that sign access tokens');

  withConfig(keys.command('list'))
    .description('list the keys, newest first, and what each is for at present')
    .action((options: ConfigOption) => {
      const config = readConfig(options);
      return withStore(config, async (store) => {
        const rows = await store.read(listSigningKeys);
        print(['KID', 'MADE', 'STATE'].join('\t'));
        const toleranceMs = config.auth.clockToleranceSeconds * 1000;
        for (const row of rows) print([row.kid, dateText(row.created_ms), stateOf(row, rows, toleranceMs)].join('\t'));
      });
    });

  withConfig(keys.command('rotate'))
    .description('make another key; tokens of the present one stay good until they expire')
    .option('--discard-others', 'a key has leaked: every token issued so far is void, and the new key signs at once')
    .action((options: ConfigOption & { discardOthers?: boolean }) => {
      const config = readConfig(options);
      return withStore(config, async (store) => {
        const discardOthers = options.discardOthers === true;
        const ttlMs = config.auth.tokenTtlSeconds * 1000;
        const kid = await addSigningKey(store, systemClock, ttlMs, { discardOthers });
        const rows = await store.read(listSigningKeys);
        const isAlone = rows.length === 1;
        print(`made ${kid}; it signs ${isAlone ? 'at once' : `from ${dateText(systemClock.nowMs() + AHEAD_MS)}`}`);
      });
    });
}

function stateOf(row: Dated, rows: readonly Dated[], toleranceMs: number): string {
  const nowMs = systemClock.nowMs();
  const signer = signerAt(rows, nowMs);
  if (row.kid === signer?.kid) return 'signs';
  if (row.created_ms > (signer?.created_ms ?? 0)) return `signs from ${dateText(row.created_ms + AHEAD_MS)}`;
  return `verifies until ${dateText(neededUntilMs(rows, row.kid, toleranceMs))}`;
}
