import * as z from 'zod';

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('stall'), delayMs: z.number().min(1).max(600_000) }),
  z.strictObject({ kind: z.literal('exception'), exceptionCode: z.int().min(1).max(255) }),
  z.strictObject({ kind: z.literal('drop') }),
]);

const command = z.union([z.strictObject({ loadW: z.number() }), z.strictObject({ id: z.string(), fault })]);

/** What a simulated site is told while it runs. */
export type SimulateCommand = z.infer<typeof command>;

/**
 * Reads one line: `{"loadW": 5000000}`, what the site uses beside its plants, or `{"id": "SIM_PV_1", "fault": {"kind": "drop"}}`,
 * how a device misbehaves from now on: `none`, `drop` (cuts every connection), `stall` with `delayMs` (answers late), `exception`
 * with `exceptionCode` (refuses everything).
 *
 * @throws Error saying what was expected
 */
export function readCommand(line: string): SimulateCommand {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`expected a line of JSON, got ${line.slice(0, 80)}`);
  }
  const read = command.safeParse(value);
  if (read.success) return read.data;
  throw new Error('expected {"loadW": W} or {"id": …, "fault": {"kind": "none" | "drop" | "stall" | "exception", …}}');
}
