import { parseDuration } from '../time/duration.ts';
import type { Event, Program, Report, Resource, Subscription, ValuesMap, Ven } from './objects.ts';
import {
  ofEvent,
  ofReportFrom30,
  ofReportTo30,
  optional,
  reportDescriptorFrom30,
  reportDescriptorTo30,
  targetsFrom30,
  targetsTo30,
  typed,
} from './parts-3.0.ts';
import { periodFrom30, periodsFrom30, periodsTo30, periodTo30 } from './periods-3.0.ts';
import type { components } from './types-3.0.generated.ts';

/**
 * OpenADR 3.0.1 on objects of 3.1. `…To30` shows a stored object; `…From30` makes of what a 3.0.1 client sends the body that a
 * 3.1 client would have sent. What 3.0.1 has no words for (an event's duration, a program's other attributes) is taken over from
 * the object that is replaced. What was sent comes back equal, but for: null where it means the same as leaving out, P9999Y,
 * which comes back as PT0S, other forms of "now" than 0001-01-01T00:00:00Z, and the objectType of descriptors, which is filled in.
 */

type Schemas = components['schemas'];
export type Program30 = Schemas['program'];
export type Event30 = Schemas['event'];
export type Report30 = Schemas['report'];
export type Subscription30 = Schemas['subscription'];
export type Ven30 = Schemas['ven'];
export type Resource30 = Schemas['resource'];

type Body = Record<string, unknown>;
type Maybe<T> = T | null | undefined;
/** Program fields of 3.0.1 and the attributes that hold them in 3.1 (Definition "Program Attributes"; the last is ours). */
const ATTRIBUTES = [
  { field: 'programLongName', type: 'PROGRAM_LONG_NAME', fits: isText },
  { field: 'retailerName', type: 'RETAILER_NAME', fits: isText },
  { field: 'retailerLongName', type: 'RETAILER_LONG_NAME', fits: isText },
  { field: 'programType', type: 'PROGRAM_TYPE', fits: isText },
  { field: 'country', type: 'COUNTRY', fits: isText },
  { field: 'principalSubdivision', type: 'PRINCIPAL_SUBDIVISION', fits: isText },
  { field: 'bindingEvents', type: 'BINDING_EVENTS', fits: isBoolean },
  { field: 'localPrice', type: 'LOCAL', fits: isBoolean },
  { field: 'timeZoneOffset', type: 'TIME_ZONE_OFFSET', fits: isDuration },
] as const;

const METADATA = ['id', 'createdDateTime', 'modificationDateTime', 'objectType'] as const;

export function programTo30(program: Program): Program30 {
  const { intervalPeriod, attributes, targets, ...same } = program;
  return {
    ...same,
    ...Object.fromEntries(sayable(attributes).map(({ field, value }) => [field, value])),
    ...(intervalPeriod ? { intervalPeriod: periodTo30(intervalPeriod) } : {}),
    ...targetsTo30(targets),
  };
}

/** @throws RangeError with the path of a target that 3.1 cannot hold. */
export function programFrom30(body: Schemas['programRequest'], previous?: Program): Body {
  const { intervalPeriod, targets, payloadDescriptors, ...rest } = body;
  const own = ATTRIBUTES.flatMap(({ field, type }) => (rest[field] == null ? [] : [{ type, values: [rest[field]] }]));
  const said = new Set(sayable(previous?.attributes).map(({ index }) => index));
  const attributes = [...own, ...(previous?.attributes ?? []).filter((_, i) => !said.has(i))];
  return {
    programName: rest.programName,
    ...optional('programDescriptions', rest.programDescriptions),
    ...optional('payloadDescriptors', payloadDescriptors && payloadDescriptors.map(typed)),
    ...(intervalPeriod ? { intervalPeriod: periodFrom30(intervalPeriod, true, previous?.intervalPeriod) } : {}),
    ...(attributes.length > 0 ? { attributes } : {}),
    ...targetsFrom30(targets, 'PROGRAM', 'targets'),
  };
}

export function eventTo30(event: Event): Event30 {
  const { intervalPeriod, intervals, targets, reportDescriptors, duration: _, ...same } = event;
  return {
    ...same,
    ...targetsTo30(targets),
    ...optional('reportDescriptors', reportDescriptors && reportDescriptors.map(reportDescriptorTo30)),
    ...periodsTo30({ ...(intervalPeriod ? { intervalPeriod } : {}), intervals }),
  };
}

/** @throws RangeError with the path of a target that 3.1 cannot hold. */
export function eventFrom30(body: Schemas['eventRequest'], previous?: Event): Body {
  const { intervalPeriod, intervals, targets, reportDescriptors, payloadDescriptors, ...same } = body;
  return {
    ...without(same, METADATA),
    ...(previous?.duration == null ? {} : { duration: previous.duration }),
    ...optional('payloadDescriptors', payloadDescriptors && payloadDescriptors.map(ofEvent)),
    ...targetsFrom30(targets, 'EVENT', 'targets'),
    ...optional(
      'reportDescriptors',
      reportDescriptors &&
        reportDescriptors.map((wanted, i) => reportDescriptorFrom30(wanted, i, previous?.reportDescriptors?.[i])),
    ),
    ...periodsFrom30({ ...(intervalPeriod ? { intervalPeriod } : {}), intervals }, previous),
  };
}

/** @param programID of the event that is reported on. */
export function reportTo30(report: Report, programID: string): Report30 {
  const { clientID: _, resources, payloadDescriptors, ...same } = report;
  return {
    ...same,
    programID,
    ...optional('payloadDescriptors', payloadDescriptors && payloadDescriptors.map(ofReportTo30)),
    resources: resources.map(({ intervalPeriod, intervals, ...resource }) => ({
      ...resource,
      ...periodsTo30({ ...(intervalPeriod ? { intervalPeriod } : {}), intervals }),
    })),
  };
}

export function reportFrom30(body: Schemas['reportRequest']): Body {
  const { programID: _, payloadDescriptors, ...same } = body;
  return {
    ...without(same, METADATA),
    ...optional('payloadDescriptors', payloadDescriptors && payloadDescriptors.map(ofReportFrom30)),
  };
}

export function subscriptionTo30(subscription: Subscription): Subscription30 {
  const { clientID: _, programID, targets, ...same } = subscription;
  return { ...same, ...(programID == null ? {} : { programID }), ...targetsTo30(targets) };
}

/** @throws RangeError with the path of a target that 3.1 cannot hold. */
export function subscriptionFrom30(body: Schemas['subscriptionRequest']): Body {
  const { targets, ...same } = body;
  return { ...without(same, METADATA), ...targetsFrom30(targets, 'SUBSCRIPTION', 'targets') };
}

/** @param resources all of the ven's. */
export function venTo30(ven: Ven, resources: readonly Resource[]): Ven30 {
  const { clientID: _, targets, ...same } = ven;
  return { ...same, ...targetsTo30(targets), resources: resources.map(resourceTo30) };
}

/** Its resources are bodies of their own. @throws RangeError with the path of a target that 3.1 cannot hold. */
export function venFrom30(body: Schemas['venRequest']): Body {
  const { targets, resources: _, ...same } = body;
  return { ...without(same, METADATA), ...targetsFrom30(targets, 'VEN', 'targets') };
}

export function resourceTo30(resource: Resource): Resource30 {
  const { clientID: _, targets, ...same } = resource;
  return { ...same, ...targetsTo30(targets) };
}

/** @param venID of the path. @throws RangeError with the path of a target that 3.1 cannot hold. */
export function resourceFrom30(body: Schemas['resourceRequest'], venID: string): Body {
  const { targets, ...same } = body;
  return { ...without(same, METADATA), venID, ...targetsFrom30(targets, 'RESOURCE', 'targets') };
}

/** Attributes that are fields in 3.0.1: the first of each type, when it has one value that fits. */
function sayable(attributes: Maybe<readonly ValuesMap[]>) {
  return ATTRIBUTES.flatMap(({ field, type, fits }) => {
    const index = (attributes ?? []).findIndex((attribute) => attribute.type === type);
    const values = attributes?.[index]?.values ?? [];
    return values.length === 1 && fits(values[0]) ? [{ field, index, value: values[0] }] : [];
  });
}

function without<T extends object, K extends keyof T>(object: T, names: readonly K[]): Omit<T, K> {
  const rest = { ...object };
  for (const name of names) delete rest[name];
  return rest;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isDuration(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return parseDuration(value) !== undefined;
  } catch {
    return false;
  }
}
