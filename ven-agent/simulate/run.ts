import { createLog } from '@openadr-gateway/shared/log.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { startSimulatedSite } from './site.ts';

export interface SimulateOptions {
  host: string;
  bessId: string;
  pvId: string;
  /** 0 picks a free one. */
  bessPort: number;
  pvPort: number;
}

/**
 * `ven-agent simulate`: serves a battery and a PV plant until SIGTERM or SIGINT. Writes one line of JSON to standard
 * output when both answer: `{"listening":[{"id","kind","url","unitId"}, ...]}`. Rejects when a port is taken.
 */
export async function runSimulate(options: SimulateOptions): Promise<void> {
  const { host, bessId, pvId, bessPort, pvPort } = options;
  const site = await startSimulatedSite({
    host,
    ports: { [bessId]: bessPort, [pvId]: pvPort },
    clock: systemClock,
    log: createLog({ name: 'simulate', level: 'warn' }),
    plants: [
      { id: bessId, kind: 'BESS' },
      { id: pvId, kind: 'PV' },
    ],
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  process.stdout.write(`${JSON.stringify({ listening: site.assets })}\n`);
  await stopped;
  await site.stop();
}
