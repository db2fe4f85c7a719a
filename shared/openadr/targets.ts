/** Targets: plain strings in OpenADR 3.1. Two lists match when they have one in common (Definition, "Object Privacy"). */

/** Whether the lists have at least one target in common. */
export function sharesTarget(a: readonly string[], b: readonly string[]): boolean {
  return a.some((target) => b.includes(target));
}

/** Target hiding: of an object's targets those that the reader holds, in the object's order. */
export function visibleTargets(objectTargets: readonly string[], held: readonly string[]): string[] {
  return objectTargets.filter((target) => held.includes(target));
}

/** Private attribute of an inverter's resource: the ids of the assets that it serves, whom its limits therefore concern. */
export const ASSET_IDS = 'ASSET_IDS';
