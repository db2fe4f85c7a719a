import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { placeSpec } from '../../domain/spec-versions.ts';
import { publishSpec } from '../../publisher.ts';
import { insertSpec, listSpecs, specsOf, updateSpec } from '../../store/specs.ts';
import type { SpecRow, SpecValues } from '../../store/specs.ts';
import { requireAsset } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, decimalText, Faults, mwhOrNull, mwOrNull, pageOf, stamps, timeOrNull } from './fields.ts';
import type { Handle } from './index.ts';

type Amount = number | string;
interface PutSpec {
  asset_id: string;
  valid_from: string;
  valid_to?: string | null;
  ramp_rate?: Amount | null;
  ramp_type?: string | null;
  charge_efficiency?: Amount | null;
  discharge_efficiency?: Amount | null;
  rated_power?: Quantity | null;
  grid_connection_max_power?: Quantity | null;
  max_capacity?: Quantity | null;
  daily_cycle_energy_limit?: Quantity | null;
  prequalified_fcr?: Quantity | null;
  prequalified_afrr_charge?: Quantity | null;
  prequalified_afrr_discharge?: Quantity | null;
}

const MAX_SPAN_MS = 31 * 86_400_000;
const NOTHING: SpecValues = {
  valid_to_ms: null,
  rated_power_w: null,
  grid_connection_max_power_w: null,
  max_capacity_wh: null,
  ramp_rate: null,
  ramp_type: null,
  charge_efficiency: null,
  discharge_efficiency: null,
  daily_cycle_energy_limit_wh: null,
  prequalified_fcr_w: null,
  prequalified_afrr_charge_w: null,
  prequalified_afrr_discharge_w: null,
};

export function specOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    putSpec: async ({ body }) => {
      const { assetId, validFromMs, values } = readSpec(body as PutSpec);
      const nowMs = deps.clock.nowMs();
      await store.write(async (tx) => {
        await requireAsset(tx.db, assetId);
        const existing = (await specsOf(tx.db, [assetId])).map((row) => ({
          validFromMs: row.valid_from_ms,
          validToMs: row.valid_to_ms,
        }));
        const placement = placeSpec(existing, { validFromMs, validToMs: values.valid_to_ms });
        if (placement.kind === 'refused') {
          const faults = new Faults();
          const { field, type, message } = placement;
          faults.add(['body', field], type, message, (body as PutSpec)[field]);
          faults.throwIfAny();
        } else if (placement.kind === 'update') {
          await updateSpec(tx.db, { assetId, validFromMs }, values, nowMs);
        } else {
          const { closes } = placement;
          if (closes !== undefined) {
            await updateSpec(tx.db, { assetId, validFromMs: closes }, { valid_to_ms: validFromMs }, nowMs);
          }
          const key = { asset_id: assetId, valid_from_ms: validFromMs };
          await insertSpec(tx.db, { ...NOTHING, ...values, ...key, created_ms: nowMs, updated_ms: nowMs });
        }
        await publishSpec(tx, assetId, deps);
      });
      return { status: 204 };
    },
    listSpecs: async ({ query }) => {
      const faults = new Faults();
      const bound = (name: 'from' | 'to') => {
        const text = query[name] as string | undefined;
        return text === undefined ? undefined : faults.instant(['query', name], text);
      };
      const [fromMs, toMs] = [bound('from'), bound('to')];
      if (fromMs !== undefined && toMs !== undefined) {
        if (toMs < fromMs)
          faults.add(['query', 'to'], 'end_before_start', 'expected a time not before from', query['to']);
        if (toMs - fromMs > MAX_SPAN_MS) {
          faults.add(['query', 'to'], 'span_too_long', 'expected at most 31 days after from', query['to'], {
            max_days: 31,
          });
        }
      }
      faults.throwIfAny();
      const page = pageOf(query);
      const filter = {
        asset_ids: assetIdsOf(query),
        latest: query['latest'] === true,
        ...(fromMs === undefined ? {} : { from_ms: fromMs }),
        ...(toMs === undefined ? {} : { to_ms: toMs }),
      };
      const rows = await store.read((db) => listSpecs(db, filter, page));
      return { status: 200, body: { ...page, specs: rows.map(specAnswer) } };
    },
  };
}

/** The key, and the columns that the request sets: what it leaves out or says null about stays. */
function readSpec(spec: PutSpec): { assetId: string; validFromMs: number; values: Partial<SpecValues> } {
  const faults = new Faults();
  const validFromMs = faults.instant(['body', 'valid_from'], spec.valid_from);
  const power = (name: keyof PutSpec) => faults.magnitude(['body', name], spec[name] as Quantity | null, 'power');
  const energy = (name: keyof PutSpec) => faults.magnitude(['body', name], spec[name] as Quantity | null, 'energy');
  const rampRate = decimalText(spec.ramp_rate);
  if (rampRate?.startsWith('-')) {
    faults.add(['body', 'ramp_rate'], 'greater_than_equal', 'expected at least 0', spec.ramp_rate, { min: 0 });
  }
  const all: SpecValues = {
    valid_to_ms: spec.valid_to == null ? null : faults.instant(['body', 'valid_to'], spec.valid_to),
    rated_power_w: power('rated_power'),
    grid_connection_max_power_w: power('grid_connection_max_power'),
    max_capacity_wh: energy('max_capacity'),
    ramp_rate: rampRate,
    ramp_type: spec.ramp_type ?? null,
    charge_efficiency: faults.efficiency(['body', 'charge_efficiency'], spec.charge_efficiency),
    discharge_efficiency: faults.efficiency(['body', 'discharge_efficiency'], spec.discharge_efficiency),
    daily_cycle_energy_limit_wh: energy('daily_cycle_energy_limit'),
    prequalified_fcr_w: power('prequalified_fcr'),
    prequalified_afrr_charge_w: power('prequalified_afrr_charge'),
    prequalified_afrr_discharge_w: power('prequalified_afrr_discharge'),
  };
  faults.throwIfAny();
  const values = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Partial<SpecValues>;
  return { assetId: spec.asset_id, validFromMs, values };
}

function specAnswer(row: SpecRow) {
  return {
    asset_id: row.asset_id,
    valid_from: formatDateTime(row.valid_from_ms),
    valid_to: timeOrNull(row.valid_to_ms),
    rated_power: mwOrNull(row.rated_power_w),
    grid_connection_max_power: mwOrNull(row.grid_connection_max_power_w),
    max_capacity: mwhOrNull(row.max_capacity_wh),
    ramp_rate: row.ramp_rate,
    ramp_type: row.ramp_type,
    charge_efficiency: row.charge_efficiency,
    discharge_efficiency: row.discharge_efficiency,
    daily_cycle_energy_limit: mwhOrNull(row.daily_cycle_energy_limit_wh),
    prequalified_fcr: mwOrNull(row.prequalified_fcr_w),
    prequalified_afrr_charge: mwOrNull(row.prequalified_afrr_charge_w),
    prequalified_afrr_discharge: mwOrNull(row.prequalified_afrr_discharge_w),
    ...stamps(row),
  };
}
