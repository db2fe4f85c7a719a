import { createInterface } from 'node:readline';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { readCommand } from './command.ts';
import type { PlantQuirk } from './quirks.ts';
import { startSimulatedSite } from './site.ts';
import type { PlantOptions } from './site.ts';

export interface SimulateOptions {
  host: string;
  bessId: string;
  pvId: string;
  /** 0 picks a free one. */
  bessPort: number;
  pvPort: number;
  /** A meter at the point of connection, where wanted. */
  meter?: { id: string; port: number; loadW: number };
  quirks: readonly PlantQuirk[];
}

/**
 * `ven-agent simulate`: serves a battery, a PV plant and, if wanted, the meter of their connection until SIGTERM or SIGINT. Writes
 * one line of JSON to standard output when all answer: `{"listening":[{"id","kind","url","unitId"}, ...]}`. Then each line of
 * standard input is a command, see `readCommand`; what cannot be read is answered on standard error. Rejects when a port is taken.
 */
export async function runSimulate(options: SimulateOptions): Promise<void> {
  const { host, bessId, pvId, bessPort, pvPort, meter, quirks } = options;
  const plants: PlantOptions[] = [
    { id: bessId, kind: 'BESS', quirks },
    { id: pvId, kind: 'PV', quirks },
  ];
  if (meter) plants.push({ id: meter.id, kind: 'METER', load: () => meter.loadW });
  const site = await startSimulatedSite({
    host,
    ports: { [bessId]: bessPort, [pvId]: pvPort, ...(meter ? { [meter.id]: meter.port } : {}) },
    clock: systemClock,
    log: createLog({ name: 'simulate', level: 'warn' }),
    plants,
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    try {
      const command = readCommand(line);
      if ('loadW' in command) site.setLoad(command.loadW);
      else site.setFault(command.id, command.fault);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  });
  process.stdout.write(`${JSON.stringify({ listening: site.assets })}\n`);
  await stopped;
  lines.close();
  process.stdin.destroy();
  await site.stop();
}
