import { DemoDispatcher } from '../support/demo-dispatch.ts';
import type { Demo } from '../support/demo.ts';
import { quantile, type Cell } from './table.ts';

/**
 * Dispatch commands, timed from outside with the whole demo running as processes of its own: from publishing a command to the
 * broker's acknowledgement, which says that the command and its event are durable. One at a time, each with another power.
 */
export async function dispatchToEvent(demo: Demo, rounds: number): Promise<Cell[]> {
  const dispatcher = await DemoDispatcher.connect(demo);
  const samples: number[] = [];
  try {
    for (let i = 0; i < rounds; i++) {
      const from = performance.now();
      await dispatcher.order(1 + (i % 5));
      samples.push(performance.now() - from);
    }
  } finally {
    await dispatcher.close();
  }
  const name = `dispatch command to durable event, ${rounds} rounds`;
  return [name, undefined, undefined, quantile(samples, 0.5), quantile(samples, 0.99)];
}
