import type { ValuesMap } from './objects.ts';

/**
 * Targets: typed valuesMaps in OpenADR 3.0.1, plain strings in 3.1. Both ways, without loss.
 *
 * ```text
 * 3.0.1                                          3.1
 * {type: GROUP,    values: [a, b]}               a  b
 * {type: VEN_NAME, values: [v]}                  ["VEN_NAME","v"]          the JSON text of type and value
 * {type: PRICE,    values: [0.17]}               ["PRICE",0.17]
 * {type: GROUP,    values: [a]},                 a
 * {type: GROUP,    values: [b]}                  {"begins":"GROUP","in":"EVENT"}  b
 * {type: GROUP,    values: []}                   {"begins":"GROUP","in":"EVENT"}
 * ```
 *
 * So a plain 3.1 target is a GROUP in 3.0.1, and values of another type are another target: who was granted the group `a` was
 * not granted the service area `a`. Mark strings that begin a valuesMap name the kind of object they stand in, so that no object
 * ever shares one with a ven that it is not meant for.
 */

/** The type of plain strings. */
export const PLAIN_TYPE = 'GROUP';
/** As in the 3.1 schema `target`. */
export const MAX_TARGET_LENGTH = 128;

export type TargetValue = ValuesMap['values'][number];

/** Where targets stand. */
export type TargetPlace = 'PROGRAM' | 'EVENT' | 'SUBSCRIPTION' | 'VEN' | 'RESOURCE' | 'REPORT_DESCRIPTOR';

/** A value as a 3.1 target. */
export function targetOf(type: string, value: TargetValue): string {
  const isPlain = type === PLAIN_TYPE && typeof value === 'string' && value !== '' && !isCoded(value);
  return isPlain ? value : JSON.stringify([type, value]);
}

/** 3.0.1 -> 3.1. @throws RangeError naming the value whose target would be longer than 3.1 permits. */
export function encodeTargets(maps: readonly ValuesMap[], place: TargetPlace): string[] {
  const targets: string[] = [];
  maps.forEach(({ type, values }, i) => {
    if (values.length === 0 || maps[i - 1]?.type === type) {
      const mark = markOf(type, place);
      if (mark.length > MAX_TARGET_LENGTH) throw new RangeError(`[${i}].type: too long`);
      targets.push(mark);
    }
    values.forEach((value, k) => {
      const target = targetOf(type, value);
      if (target.length > MAX_TARGET_LENGTH) {
        throw new RangeError(`[${i}].values[${k}]: type and value are too long together`);
      }
      targets.push(target);
    });
  });
  return targets;
}

/** 3.1 -> 3.0.1: neighbours of one type are one valuesMap. */
export function decodeTargets(targets: readonly string[]): ValuesMap[] {
  const maps: ValuesMap[] = [];
  for (const target of targets) {
    const begun = begunBy(target);
    if (begun !== undefined) {
      maps.push({ type: begun, values: [] });
      continue;
    }
    const [type, value] = pairOf(target) ?? [PLAIN_TYPE, target];
    const last = maps.at(-1);
    if (last?.type === type) last.values.push(value);
    else maps.push({ type, values: [value] });
  }
  return maps;
}

/** The 3.1 targets that a value of a query may mean: 0.17 there is the text as well as the number. */
export function targetsAsked(type: string, value: string): string[] {
  const asked = [targetOf(type, value)];
  const number = Number(value);
  if (JSON.stringify(number) === value) asked.push(targetOf(type, number));
  if (value === 'true' || value === 'false') asked.push(targetOf(type, value === 'true'));
  return asked;
}

const markOf = (begins: string, place: TargetPlace) => JSON.stringify({ begins, in: place });

function begunBy(target: string): string | undefined {
  if (!target.startsWith('{')) return undefined;
  const { begins, in: place } = (parsed(target) ?? {}) as Record<string, unknown>;
  if (typeof begins !== 'string' || typeof place !== 'string') return undefined;
  return JSON.stringify({ begins, in: place }) === target ? begins : undefined;
}

/** Type and value, when the string is exactly what `targetOf` makes of them. */
function pairOf(target: string): [string, TargetValue] | undefined {
  if (!target.startsWith('[')) return undefined;
  const pair = parsed(target);
  if (!Array.isArray(pair) || pair.length !== 2) return undefined;
  const [type, value] = pair as unknown[];
  if (typeof type !== 'string' || type === '' || !isValue(value)) return undefined;
  return targetOf(type, value) === target ? [type, value] : undefined;
}

/** Whether a plain string would be read as something else. */
const isCoded = (text: string) => begunBy(text) !== undefined || pairOf(text) !== undefined;

function isValue(value: unknown): value is TargetValue {
  if (typeof value === 'object' && value !== null) {
    const { x, y } = value as Record<string, unknown>;
    return typeof x === 'number' && typeof y === 'number';
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
