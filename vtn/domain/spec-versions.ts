/** When a version of an asset's technical data holds: from its key to its end, half-open; `null` never ends. */
export interface SpecWindow {
  validFromMs: number;
  validToMs: number | null;
}

/** What is to be stored: `validToMs` undefined when the request says nothing about it. */
export interface SpecRequest {
  validFromMs: number;
  validToMs: number | null | undefined;
}

export type SpecPlacement =
  /** The key exists: given fields overwrite, the others stay. */
  | { kind: 'update' }
  /** A new version; `closes` is the key of the open version that now ends where this one begins. */
  | { kind: 'insert'; closes?: number }
  | { kind: 'refused'; field: 'valid_from' | 'valid_to'; type: string; message: string };

/**
 * Where a version goes among the existing ones of its asset.
 *
 * - Same `valid_from`: a partial update.
 * - Without an end (batteries): the open version is closed; the new one must begin strictly after it.
 * - With an end (virtual batteries): must not overlap any other version.
 */
export function placeSpec(existing: readonly SpecWindow[], request: SpecRequest): SpecPlacement {
  const same = existing.find((v) => v.validFromMs === request.validFromMs);
  const validToMs = request.validToMs === undefined ? (same?.validToMs ?? null) : request.validToMs;
  if (validToMs !== null && validToMs <= request.validFromMs) {
    return refused('valid_to', 'end_before_start', 'must be after valid_from');
  }
  const others = existing.filter((v) => v !== same);
  const open = same || validToMs !== null ? undefined : others.find((v) => v.validToMs === null);
  if (open && request.validFromMs < open.validFromMs) {
    return refused(
      'valid_from',
      'not_after_active_spec',
      `must be strictly after the active spec, which is valid from ${iso(open.validFromMs)}`,
    );
  }
  const wanted = { validFromMs: request.validFromMs, validToMs };
  const clash = others.find((v) => v !== open && overlaps(v, wanted));
  if (clash) {
    const until = clash.validToMs === null ? 'without end' : `to ${iso(clash.validToMs)}`;
    return refused(
      validToMs === null ? 'valid_from' : 'valid_to',
      'overlap',
      `overlaps the spec that is valid from ${iso(clash.validFromMs)} ${until}`,
    );
  }
  if (same) return { kind: 'update' };
  return open ? { kind: 'insert', closes: open.validFromMs } : { kind: 'insert' };
}

function overlaps(a: SpecWindow, b: SpecWindow): boolean {
  return a.validFromMs < (b.validToMs ?? Infinity) && b.validFromMs < (a.validToMs ?? Infinity);
}

function refused(field: 'valid_from' | 'valid_to', type: string, message: string): SpecPlacement {
  return { kind: 'refused', field, type, message };
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
