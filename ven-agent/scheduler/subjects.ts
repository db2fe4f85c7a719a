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

/** What the levels 1, 2 and 3 of SIMPLE mean for somebody: bounds of power, W. */
export type SimpleLevels = Readonly<
  Partial<Record<'1' | '2' | '3', { importMaxW?: number | undefined; exportMaxW?: number | undefined } | undefined>>
>;

/** One device as the schedule sees it. */
export interface Subject {
  resourceName: string;
  /** The inverter that it sits behind, where the configuration says so; it goes over what the VTN says. */
  inverterId?: string | undefined;
  simple?: SimpleLevels | undefined;
}

export interface SiteSubject {
  id: string;
  /** The resourceName of the meter at its point of connection. */
  meter?: string | undefined;
  simple?: SimpleLevels | undefined;
}

/** Something that can be bound: one device; several devices together (an inverter); all of the site at its meter. */
export interface Bound {
  kind: 'resource' | 'group' | 'site';
  name: string;
}

/** The names that bind one resource, those that bind several together, and those that bind the whole site. */
export interface TargetBook {
  site: SiteSubject;
  siteKeys: ReadonlySet<string>;
  resourceKeys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Inverters with more than one device behind them: these share what binds the inverter. */
  groups: ReadonlyMap<string, readonly string[]>;
  /** Names of things of this VEN that no device here serves: an event for them alone binds nobody here. */
  elsewhere: ReadonlySet<string>;
  simple: ReadonlyMap<string, SimpleLevels>;
}

/**
 * Lays out which target names what. An inverter is known by the configuration, or is a VTN resource that is no device
 * itself and whose assets or targets name devices that are not configured to sit behind another one. One with a single
 * device behind it is just another name of that device.
 */
export function targetBook(
  site: SiteSubject,
  subjects: readonly Subject[],
  enrolment: Enrolment | undefined,
): TargetBook {
  const siteKeys = new Set([site.id]);
  for (const name of [site.meter, enrolment?.venId]) if (name !== undefined) siteKeys.add(name);
  const resourceKeys = new Map(subjects.map(({ resourceName }) => [resourceName, new Set([resourceName])]));
  const resources = enrolment?.resources ?? [];
  for (const { resourceName, targets } of resources) {
    const own = resourceKeys.get(resourceName);
    for (const target of targets) if (!siteKeys.has(target) && !resourceKeys.has(target)) own?.add(target);
  }
  const behind = new Map<string, string[]>();
  for (const { inverterId } of subjects) {
    if (inverterId === undefined || behind.has(inverterId)) continue;
    behind.set(inverterId, namesOf(subjects.filter((subject) => subject.inverterId === inverterId)));
  }
  const elsewhere = new Set<string>();
  for (const resource of resources) {
    const { resourceName } = resource;
    if (resourceKeys.has(resourceName) || siteKeys.has(resourceName)) continue;
    const served = namesOf(subjects.filter((subject) => sitsBehind(subject, resource, resourceKeys)));
    if (served.length > 0) behind.set(resourceName, served);
    else elsewhere.add(resourceName);
  }
  const groups = new Map([...behind].filter(([, devices]) => devices.length > 1));
  for (const [inverter, devices] of behind) {
    // The name of a group may stand among the targets of its devices, which does not make it their own.
    for (const keys of resourceKeys.values()) keys.delete(inverter);
    if (!groups.has(inverter)) for (const name of devices) resourceKeys.get(name)?.add(inverter);
  }
  const simple = new Map(subjects.map((subject) => [subject.resourceName, subject.simple ?? {}]));
  return { site, siteKeys, resourceKeys, groups, elsewhere, simple };
}

function namesOf(subjects: readonly Subject[]): string[] {
  return subjects.map(({ resourceName }) => resourceName);
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
 * What an event with these targets binds: each resource and each inverter that it names, and the site where it names that.
 * An event without targets is for everybody. A target that nobody here knows was nevertheless granted to this VEN: it is
 * taken as the whole site, since binding too much is safe and binding too little is not.
 */
export function boundBy(targets: readonly string[], book: TargetBook): Bound[] {
  const site: Bound = { kind: 'site', name: book.site.id };
  if (targets.length === 0) return [site];
  const found: Bound[] = [];
  for (const [name, keys] of book.resourceKeys) {
    if (targets.some((target) => keys.has(target))) found.push({ kind: 'resource', name });
  }
  for (const name of book.groups.keys()) if (targets.includes(name)) found.push({ kind: 'group', name });
  if (targets.some((target) => book.siteKeys.has(target))) found.push(site);
  const known = found.length > 0 || targets.some((target) => book.elsewhere.has(target));
  return known ? found : [site];
}

/** The devices of a bound. */
export function devicesOf(bound: Bound, book: TargetBook): readonly string[] {
  if (bound.kind === 'resource') return [bound.name];
  return bound.kind === 'site' ? [...book.resourceKeys.keys()] : (book.groups.get(bound.name) ?? []);
}
