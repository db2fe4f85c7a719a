import type { Event, ValuesMap } from './objects.ts';
import { PAYLOADS } from './payloads.ts';
import { decodeTargets, encodeTargets } from './targets-3.0.ts';
import type { TargetPlace } from './targets-3.0.ts';
import type { components } from './types-3.0.generated.ts';

/** What several objects of OpenADR 3.0.1 have in common: targets and descriptors. */

type Body = Record<string, unknown>;
type Maybe<T> = T | null | undefined;
interface AnyDescriptor {
  objectType?: string;
  payloadType: string;
}
type ReportDescriptor = NonNullable<Event['reportDescriptors']>[number];
type ReportDescriptor30 = components['schemas']['reportDescriptor'];

export const targetsTo30 = (targets: Maybe<readonly string[]>) =>
  optional('targets', targets ? decodeTargets(targets) : targets);

export function targetsFrom30(targets: Maybe<readonly ValuesMap[]>, place: TargetPlace, path: string) {
  if (!targets) return optional('targets', targets);
  try {
    return { targets: encodeTargets(targets, place) };
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${path}${error.message}`, { cause: error }) : error;
  }
}

/** 3.0.1 knows no null for the numbers and truth values of a descriptor, and no reportIntervals. */
export function reportDescriptorTo30(wanted: ReportDescriptor): ReportDescriptor30 {
  const { targets, reportIntervals: _, payloadType, readingType, units, ...rest } = wanted;
  const said = Object.entries(rest).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(said),
    payloadType,
    ...optional('readingType', readingType),
    ...optional('units', units),
    ...targetsTo30(targets),
  };
}

/** @param previous the descriptor in whose place it comes. */
export function reportDescriptorFrom30(
  wanted: ReportDescriptor30,
  i: number,
  previous: ReportDescriptor | undefined,
): Body {
  const { targets, ...same } = wanted;
  const kept = previous?.payloadType === wanted.payloadType ? previous.reportIntervals : undefined;
  return {
    ...same,
    ...targetsFrom30(targets, 'REPORT_DESCRIPTOR', `reportDescriptors[${i}].targets`),
    ...optional('reportIntervals', kept),
  };
}

export const ofEvent = <T extends AnyDescriptor>(descriptor: T) => ({
  ...descriptor,
  objectType: 'EVENT_PAYLOAD_DESCRIPTOR',
});
export const ofReport = <T extends AnyDescriptor>(descriptor: T) => ({
  ...descriptor,
  objectType: 'REPORT_PAYLOAD_DESCRIPTOR',
});

/**
 * The descriptor of a report's payloads. Some 3.0.1 clients call it EVENT_PAYLOAD_DESCRIPTOR and read nothing else: 3.1 has no
 * such name there, so it is kept as a descriptor without a name.
 */
export function ofReportFrom30<T extends AnyDescriptor>(descriptor: T): Omit<T, 'objectType'> {
  if (descriptor.objectType !== 'EVENT_PAYLOAD_DESCRIPTOR') return ofReport(descriptor);
  const { objectType: _, ...nameless } = descriptor;
  return nameless;
}

/** The opposite: those without a name get back the one that their sender gave them. */
export const ofReportTo30 = <T extends { objectType?: string }>(descriptor: T) => ({
  ...descriptor,
  objectType: descriptor.objectType ?? ('EVENT_PAYLOAD_DESCRIPTOR' as const),
});

/** Where both may stand, and the sender left it open: by fields that only one of them has, then by the payload type. */
export function typed<T extends AnyDescriptor>(descriptor: T) {
  if (descriptor.objectType !== undefined) return descriptor;
  const known = (PAYLOADS as Readonly<Record<string, { where: string } | undefined>>)[descriptor.payloadType]?.where;
  const isReport = ['readingType', 'accuracy', 'confidence'].some((field) => field in descriptor) || known === 'report';
  return isReport && !('currency' in descriptor) ? ofReport(descriptor) : ofEvent(descriptor);
}

/** The field, unless there is nothing to say; null is something. */
export function optional<K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<K, T>>;
}
