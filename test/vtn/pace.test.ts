import { describe, expect, it } from 'vitest';
import { Pace } from '../../vtn/pace.ts';

function busyMs(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe('the pace of a long job', () => {
  it('rests after each step for as long as the step took: others have half of the time', async () => {
    const pace = new Pace();
    busyMs(20);
    const from = performance.now();
    await pace.rest();
    // Timers may be a millisecond early.
    expect(performance.now() - from).toBeGreaterThanOrEqual(19);
    expect(pace.elapsedMs).toBeGreaterThanOrEqual(39);
  });

  it('lets requests in between: what is due comes before the next step', async () => {
    const pace = new Pace();
    const order: string[] = [];
    setImmediate(() => order.push('request'));
    busyMs(2);
    await pace.rest();
    order.push('step');
    expect(order).toEqual(['request', 'step']);
  });

  it('ends the job at its next rest when told to', async () => {
    const pace = new Pace();
    await pace.rest();
    pace.end();
    await expect(pace.rest()).rejects.toThrow('told to end');
    expect(pace.isOver).toBe(true);
  });
});
