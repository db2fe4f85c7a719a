import type { AbsoluteInterval } from './intervals.ts';
import { PAYLOADS } from './payloads.ts';
import type { ValuesMap } from './objects.ts';

/**
 * Divides an interval whose payloads pack several values (User Guide 7.3, "multi-valued payloads"): each value holds for
 * its share. Payloads of one value, of types whose values belong together, and of types that we do not know, hold throughout.
 *
 * ```text
 *   interval   |-----------------------|  PRICE [0.17, 0.03, 0.11], GHG [400, 500]
 *   becomes    |-------|---|---|-------|
 *   PRICE        0.17   0.03    0.11
 *   GHG          400        |   500
 * ```
 *
 * @throws RangeError when the interval never ends: for ever cannot be divided.
 */
export function subIntervals(interval: AbsoluteInterval, path: string): AbsoluteInterval[] {
  const { startMs, endMs, payloads } = interval;
  const packed = payloads.findIndex(isPacked);
  if (packed < 0) return [interval];
  if (endMs === Infinity) {
    throw new RangeError(`${path}.payloads[${packed}].values: several values cannot share a time without end`);
  }
  const cuts = new Set<number>([startMs]);
  for (const payload of payloads.filter(isPacked)) {
    payload.values.forEach((_, i) => cuts.add(cutMs(interval, payload, i)));
  }
  const starts = [...cuts].sort((a, b) => a - b);
  return starts.map((start, i) => ({
    ...interval,
    startMs: start,
    endMs: starts[i + 1] ?? endMs,
    payloads: payloads.map((payload) => valueAt(interval, payload, start)),
  }));
}

function isPacked(payload: ValuesMap): boolean {
  return payload.values.length > 1 && PAYLOADS[payload.type]?.count === 'one';
}

/** Where the share of the i-th value begins. */
function cutMs({ startMs, endMs }: AbsoluteInterval, payload: ValuesMap, i: number): number {
  return startMs + Math.round(((endMs - startMs) * i) / payload.values.length);
}

function valueAt(interval: AbsoluteInterval, payload: ValuesMap, ms: number): ValuesMap {
  if (!isPacked(payload)) return payload;
  const i = payload.values.findLastIndex((_, index) => cutMs(interval, payload, index) <= ms);
  return { ...payload, values: payload.values.slice(i, i + 1) };
}
