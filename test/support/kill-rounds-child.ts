/**
 * Writes as fast as it can and says on standard output which writes were acknowledged, one number a line, until it is killed.
 * Arguments: the database's path, the first number. Each write stores two programs and an event that must stand or fall together.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import { anEvent, aProgram, created } from './openadr-objects.ts';

const [path, first] = process.argv.slice(2);
const WRITERS = 16;

const store = new SqliteStore({ path: path ?? '', clock: systemClock });
await store.start();
writeSync(1, 'ready\n');

let next = Number(first);
async function writer(): Promise<never> {
  for (;;) {
    const n = next++;
    await store.write((tx) => tx.apply(created(aProgram(`p${n}`), anEvent(`e${n}`, `p${n}`, { targets: [`t${n}`] }))));
    // Straight to the pipe: what is printed was acknowledged, and a kill cannot take it back.
    writeSync(1, `${n}\n`);
  }
}
await Promise.all(Array.from({ length: WRITERS }, writer));
