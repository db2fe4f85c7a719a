/**
 * Whom an event binds. The VTN hides what is not for this VEN (Definition "Object Privacy"), so each event that arrives
 * is for something here; its targets say for what.
 */

/** What the VTN has on record about this VEN; learnt at enrolment time, kept on disk. */
export interface Enrolment {
  venId: string;
  venName: string;
  venTargets: readonly string[];
  resources: readonly { resourceName: string; targets: readonly string[] }[];
}

/** One device as the schedule sees it. */
export interface Subject {
  resourceName: string;
  /** The inverter that it sits behind, where the configuration says so. */
  inverterId?: string;
}

/** The names that bind one resource, and those that bind the whole site. */
export interface TargetBook {
  siteKeys: ReadonlySet<string>;
  resourceKeys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of things of this VEN that no device here serves: an event for them alone binds nobody here. */
  elsewhere: ReadonlySet<string>;
}

export type Scope = 'resource' | 'site';

/**
 * Lays out which target names what. A VTN resource that is no device itself (an inverter) lends its name to the devices
 * that its targets name.
 */
export function targetBook(siteId: string, subjects: readonly Subject[], enrolment: Enrolment | undefined): TargetBook {
  const siteKeys = new Set([siteId]);
  if (enrolment !== undefined) siteKeys.add(enrolment.venId);
  const names = new Set(subjects.map((s) => s.resourceName));
  const resourceKeys = new Map<string, Set<string>>();
  for (const { resourceName, inverterId } of subjects) {
    const keys = new Set([resourceName]);
    if (inverterId !== undefined) keys.add(inverterId);
    resourceKeys.set(resourceName, keys);
  }
  const elsewhere = new Set<string>();
  for (const resource of enrolment?.resources ?? []) {
    const own = resourceKeys.get(resource.resourceName);
    if (own !== undefined) {
      for (const target of resource.targets) if (!siteKeys.has(target) && !names.has(target)) own.add(target);
      continue;
    }
    const served = resource.targets.filter((target) => names.has(target));
    for (const name of served) resourceKeys.get(name)?.add(resource.resourceName);
    const byConfiguration = subjects.some((s) => s.inverterId === resource.resourceName);
    if (served.length === 0 && !byConfiguration) elsewhere.add(resource.resourceName);
  }
  return { siteKeys, resourceKeys, elsewhere };
}

/**
 * How an event with these targets binds one resource: by its own name, as a part of the site, or not at all. An event
 * without targets is for everybody. A target that nobody here knows was nevertheless granted to this VEN: it is taken as
 * the whole site, since binding too much is safe and binding too little is not.
 */
export function scopeOf(targets: readonly string[], resourceName: string, book: TargetBook): Scope | undefined {
  if (targets.length === 0) return 'site';
  const own = book.resourceKeys.get(resourceName);
  if (targets.some((target) => own?.has(target))) return 'resource';
  if (targets.some((target) => book.siteKeys.has(target))) return 'site';
  const known = (target: string): boolean =>
    book.elsewhere.has(target) || [...book.resourceKeys.values()].some((keys) => keys.has(target));
  return targets.some(known) ? undefined : 'site';
}
