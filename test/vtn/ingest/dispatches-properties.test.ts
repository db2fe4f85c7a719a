import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { mw, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';
import { command, inboxOf } from './dispatch-support.ts';

const START_MS = Date.parse('2026-01-15T10:00:00Z');
const MINUTE_MS = 60_000;
/** Where no text that is sent below is right. */
const FIELDS = Object.keys(command('a')).filter((name) => name !== 'source');
const at = (ms: number) => new Date(ms).toISOString();

describe('any dispatch commands', () => {
  let api: Operations;
  let send: Awaited<ReturnType<typeof inboxOf>>['send'];
  let asset: string;
  beforeAll(async () => {
    api = await startOperations();
    ({ send } = await inboxOf(api));
    asset = await api.asset();
  });
  afterAll(() => api.stop());

  /** Minutes from an hour before the delivery period to its end. */
  const order = fc.record({
    minute: fc.integer({ min: -60, max: 14 }),
    published: fc.integer({ min: 0, max: 9 }),
    powerMw: fc.integer({ min: -3, max: 3 }),
  });
  let period = 0;

  it('in any order make an event that says at each minute what the newest one says that has taken effect', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 8 }), async (orders) => {
        const periodMs = START_MS + ++period * 15 * MINUTE_MS;
        let newest = -1;
        const expected = new Map<number, number>();
        for (const { minute, published, powerMw } of orders) {
          const outcome = await send(
            asset,
            command(asset, {
              published_at: at(START_MS - 1_000 + published),
              dispatch_time: at(periodMs + minute * MINUTE_MS),
              delivery_period_start: at(periodMs),
              target_power: mw(powerMw),
            }),
          );
          expect(outcome).toBe(published < newest ? 'OUT_OF_ORDER' : 'APPLIED');
          if (outcome !== 'APPLIED') continue;
          newest = published;
          for (let m = minute; m < 15; m += 1) expected.set(m, 0 - powerMw * 1_000);
        }
        const event = await api.event(`dispatch/${asset}/${at(periodMs).replace('.000', '')}`);
        const said = new Map<number, unknown>();
        for (const { startMs, endMs, payloads } of event ? absoluteIntervals(event, { nowMs: START_MS }) : []) {
          for (let ms = startMs; ms < endMs; ms += MINUTE_MS) {
            said.set((ms - periodMs) / MINUTE_MS, payloads[0]?.values[0]);
          }
        }
        expect([...said].sort(([a], [b]) => a - b)).toEqual([...expected].sort(([a], [b]) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  it('and anything else that comes are taken and put aside: nothing that is sent is an error', async () => {
    const wrong = fc.constantFrom(null, -1, 1e308, '', '\0', [], {}, 'NaN', '9'.repeat(400), {
      amount: '1e9',
      unit: 'MW',
    });
    const field = fc.constantFrom(...FIELDS, '__proto__', 'priority');
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json(),
      fc.tuple(field, wrong).map(([name, value]) => JSON.stringify({ ...command(asset), [name]: value })),
    );
    const takes = async (sent: string | Uint8Array) => {
      expect(await send(asset, sent)).toBe('DEAD');
    };
    await fc.assert(fc.asyncProperty(message, takes), { numRuns: 200 });
  });
});
