import type { Effect } from './effects.ts';
import { devicesOf } from './subjects.ts';
import type { Bound, TargetBook } from './subjects.ts';

/** What an entry can say: levels of SIMPLE have become the limits that the configuration gives them. */
export type EntryEffect = Exclude<Effect, { kind: 'simple' }>;

/**
 * On whom an effect lies in the end. Limits of an inverter or of the site are shared by their devices and stay theirs
 * together; bounds of energy and levels of SIMPLE bind each device; a set-point binds a single device only, since nobody
 * knows how it would be shared out.
 */
export function placed(effect: Effect, bound: Bound, book: TargetBook): [Bound, EntryEffect][] {
  const devices = devicesOf(bound, book).map((name): Bound => ({ kind: 'resource', name }));
  switch (effect.kind) {
    case 'limit':
    case 'subscription':
    case 'reservation':
      return [[bound, effect]];
    case 'setpoint':
    case 'chargeState':
      return devices.length === 1 ? devices.map((device) => [device, effect]) : [];
    case 'energyMin':
    case 'energyMax':
    case 'bufferLow':
    case 'bufferHigh':
      return devices.map((device) => [device, effect]);
    case 'simple':
      return [...(bound.kind === 'site' ? [bound] : []), ...devices].flatMap((one) => simpleLimits(effect, one, book));
  }
}

function simpleLimits({ level }: { level: number }, bound: Bound, book: TargetBook): [Bound, EntryEffect][] {
  const levels = bound.kind === 'site' ? book.site.simple : book.simple.get(bound.name);
  const { importMaxW, exportMaxW } = levels?.[String(level) as '1' | '2' | '3'] ?? {};
  const found: [Bound, EntryEffect][] = [];
  if (importMaxW !== undefined) found.push([bound, { kind: 'limit', direction: 'import', maxW: importMaxW }]);
  if (exportMaxW !== undefined) found.push([bound, { kind: 'limit', direction: 'export', maxW: exportMaxW }]);
  return found;
}
