/**
 * Whom an event binds. The VTN hides what is not for this VEN (Definition "Object Privacy"), so each event that arrives
 * is for something here; its targets say for what.
 */

/** A resource of this VEN as the VTN knows it. */
export interface EnrolledResource {
  resourceName: string;
  targets: readonly string[];
  /** Of an inverter: the assets that it serves. */
  assetIds?: readonly string[];
}

/** What the VTN has on record about this VEN; learnt at enrolment time, kept on disk. */
export interface Enrolment {
  venId: string;
  venName: string;
  venTargets: readonly string[];
  resources: readonly EnrolledResource[];
}

/** One device as the schedule sees it. */
export interface Subject {
  resourceName: string;
  /** The inverter that it sits behind, where the configuration says so; it goes over what the VTN says. */
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
 * that its assets or its targets name, except to those that are configured to sit behind another one.
 */
export function targetBook(siteId: string, subjects: readonly Subject[], enrolment: Enrolment | undefined): TargetBook {
  const siteKeys = new Set([siteId]);
  if (enrolment !== undefined) siteKeys.add(enrolment.venId);
  const resourceKeys = new Map(subjects.map((subject) => [subject.resourceName, new Set(namesOf(subject))]));
  const resources = enrolment?.resources ?? [];
  for (const { resourceName, targets } of resources) {
    const own = resourceKeys.get(resourceName);
    for (const target of targets) if (!siteKeys.has(target) && !resourceKeys.has(target)) own?.add(target);
  }
  const elsewhere = new Set<string>();
  for (const resource of resources.filter(({ resourceName }) => !resourceKeys.has(resourceName))) {
    const served = subjects.filter((subject) => sitsBehind(subject, resource, resourceKeys));
    for (const { resourceName } of served) resourceKeys.get(resourceName)?.add(resource.resourceName);
    if (served.length === 0) elsewhere.add(resource.resourceName);
  }
  return { siteKeys, resourceKeys, elsewhere };
}

function namesOf({ resourceName, inverterId }: Subject): string[] {
  return inverterId === undefined ? [resourceName] : [resourceName, inverterId];
}

function sitsBehind(
  { resourceName, inverterId }: Subject,
  { resourceName: inverter, targets, assetIds = [] }: EnrolledResource,
  resourceKeys: TargetBook['resourceKeys'],
): boolean {
  if (inverterId !== undefined) return inverterId === inverter;
  // An agent may have renamed its resource: the asset's id is then among the targets that it was granted.
  return targets.includes(resourceName) || assetIds.some((id) => resourceKeys.get(resourceName)?.has(id));
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
