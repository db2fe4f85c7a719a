import type { Caps } from '../scheduler/envelope.ts';
import { boundOf, tighter } from './range.ts';
import type { Because, Edge } from './range.ts';
import { unwatchedBudget } from './shared-caps.ts';
import type { DeviceFacts, SiteFacts } from './site.ts';

/**
 * Batteries that must not be left to themselves, and by which cap. SunSpec has no register that limits charging, and a timer
 * runs for a set-point only: a battery that decides for itself could charge at all it can after the agent has died. So it
 * is left alone only where even that would keep every import cap, that of the orders and the one without them; where a cap
 * is shared, batteries are let go in the order of the configuration, as long as what they could take fits beside the worst
 * that the rest of the site takes.
 */
export function notLetGo(facts: SiteFacts): Map<string, Because> {
  const kept = new Map<string, Because>();
  const deciding = facts.devices.filter(decidesForItself);
  for (const { name, capabilities, envelope, standing } of deciding) {
    const { powerW, because } = importBound(envelope, standing);
    if (powerW < (capabilities?.maxChargeW ?? 0)) kept.set(name, because);
  }
  for (const shared of facts.shared) {
    const { powerW, because } = importBound(shared.caps, shared.standing);
    let leftW = -unwatchedBudget(shared, { importW: powerW, exportW: Infinity }, facts).lowW;
    for (const { name, capabilities } of deciding) {
      if (!shared.members.includes(name) || kept.has(name)) continue;
      const worstW = capabilities?.maxChargeW ?? 0;
      if (worstW <= leftW || capabilities?.canSetPower === false) leftW -= worstW;
      else kept.set(name, { ...because, of: shared.of });
    }
  }
  return kept;
}

function decidesForItself({ capabilities, settings }: DeviceFacts): boolean {
  if (capabilities?.kind !== 'BESS') return false;
  return settings.whenNoSetpoint === 'release' || !capabilities.canSetPower;
}

function importBound(caps: Caps, standing: Caps): Edge {
  return tighter(boundOf(caps.importCap), boundOf(standing.importCap));
}
