import type { Caller } from '../../auth/caller.ts';
import { canSee } from '../../auth/access.ts';
import { programByName } from '../../store/programs.ts';
import type { Db } from '../../store/store.ts';
import { venByName } from '../../store/vens.ts';

/** Ids of the programs of these names. Whoever asks sees nothing of them but what hangs below and is visible to it. */
export async function programIds(db: Db, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const program = await programByName(db, name);
    if (program) ids.push(program.id);
  }
  return ids;
}

/** Ids of the vens of these names that the caller may see. */
export async function venIds(db: Db, names: readonly string[], caller: Caller): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const ven = await venByName(db, name);
    if (ven && canSee(caller, [], { object: ven })) ids.push(ven.id);
  }
  return ids;
}

/** What is targeted at one of these vens: its id is a target that it holds without being granted it. */
export async function aimedAt(db: Db, names: readonly string[], caller: Caller) {
  const ids = await venIds(db, names, caller);
  return ({ targets }: { targets?: readonly string[] | null }) =>
    (targets ?? []).some((target) => ids.includes(target));
}
