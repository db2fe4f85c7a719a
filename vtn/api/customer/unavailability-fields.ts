import { isTimeZone } from '@openadr-gateway/shared/time/time-zone.ts';
import { percentOfW } from '@openadr-gateway/shared/units.ts';
import type { PlantRow } from '../../store/plants.ts';
import type { UnavailabilityRow } from '../../store/unavailabilities.ts';
import { decimalText, Faults } from '../operations/fields.ts';

/** As the OpenAPI document describes it; which fields are needed is checked here, so that all faults are told at once. */
export interface UnavailabilityIn {
  plant_id?: string;
  start_time_utc?: string;
  end_time_utc?: string;
  available_power_mw?: number | null;
  availability_type?: string;
  observations?: string | null;
  source_unit?: string | null;
  source_value?: number | null;
  timezone_source?: string | null;
}

type Values = Omit<UnavailabilityRow, 'id' | 'created_ms' | 'updated_ms'>;

const MAX_DAYS = 366;
const DAY_MS = 86_400_000;
/** What a client may have rounded away: MW and its own value may differ by so much of the plant's capacity. */
const ROUNDING = 0.01;
const HAS_OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/i;

/** @throws ApiError 400 naming every field that is wrong */
export function readUnavailability(sent: UnavailabilityIn, plant: PlantRow | undefined): Values {
  const faults = new Faults();
  if (sent.plant_id !== undefined && !plant) {
    faults.add(['body', 'plant_id'], 'unknown_plant', `unknown plant: ${sent.plant_id}; create plants first`);
  }
  const [startMs, endMs] = [
    instant(faults, 'start_time_utc', sent.start_time_utc),
    instant(faults, 'end_time_utc', sent.end_time_utc),
  ];
  const end = ['body', 'end_time_utc'];
  faults.endsAfter(end, startMs, endMs, sent.end_time_utc ?? '', 'start_time_utc');
  if (endMs - startMs > MAX_DAYS * DAY_MS) {
    faults.add(end, 'span_too_long', `expected at most ${MAX_DAYS} days after start_time_utc`);
  }
  if (sent.timezone_source != null && !isTimeZone(sent.timezone_source)) {
    faults.add(['body', 'timezone_source'], 'time_zone', 'expected an IANA time zone, such as Europe/Madrid');
  }
  const availablePowerW = readPower(faults, sent, plant);
  faults.throwIfAny();
  return {
    plant_id: plant?.id ?? '',
    start_ms: startMs,
    end_ms: endMs,
    available_power_w: availablePowerW ?? 0,
    type: sent.availability_type ?? '',
    observations: sent.observations ?? null,
    source_unit: sent.source_unit ?? null,
    source_value: decimalText(sent.source_value),
    timezone_source: sent.timezone_source ?? null,
  };
}

/** The field says UTC: a time without offset is one, and another offset is converted. */
function instant(faults: Faults, field: string, text: string | undefined): number {
  if (text === undefined) return NaN;
  return faults.instant(['body', field], HAS_OFFSET.test(text) ? text : `${text}Z`);
}

/** In W. The client's own value stands in for MW where there are none; where there are both they have to agree. */
function readPower(faults: Faults, sent: UnavailabilityIn, plant: PlantRow | undefined): number | null {
  const loc = ['body', 'available_power_mw'];
  const { available_power_mw: mw, source_unit: unit, source_value: value } = sent;
  const ownW = unit == null || value == null ? null : ownPower(faults, unit, value, plant);
  if (mw == null) {
    if (unit == null || value == null) {
      faults.add(loc, 'missing', 'this field is required, unless source_unit and source_value are given');
    }
    return atMostCapacity(faults, ['body', 'source_value'], ownW, plant);
  }
  const powerW = faults.magnitude(loc, { amount: mw, unit: 'MW' }, 'power');
  if (powerW !== null && ownW !== null && plant && Math.abs(powerW - ownW) > ROUNDING * plant.capacity_w) {
    const said = `${value} ${unit} of a plant of ${plant.capacity_w / 1e6} MW`;
    faults.add(loc, 'disagreement', `expected ${ownW / 1e6} (in MW), which is what source_value says: ${said}`);
  }
  return atMostCapacity(faults, loc, powerW, plant);
}

/** Power in kW typed as MW would lift the limit that it was meant to be. */
function atMostCapacity(faults: Faults, loc: string[], powerW: number | null, plant: PlantRow | undefined) {
  if (powerW !== null && plant && powerW > plant.capacity_w) {
    faults.add(loc, 'out_of_range', `expected at most the plant's capacity, ${plant.capacity_w / 1e6} MW`);
  }
  return powerW;
}

function ownPower(faults: Faults, unit: string, value: number, plant: PlantRow | undefined): number | null {
  const loc = ['body', 'source_value'];
  if (unit !== '%') {
    const powerW = faults.quantity(loc, { amount: value, unit }, 'power');
    if (powerW !== null && powerW < 0) faults.add(loc, 'greater_than_equal', 'expected at least 0');
    return powerW;
  }
  if (value < 0 || value > 100) {
    faults.add(loc, 'out_of_range', 'expected a percentage from 0 to 100');
    return null;
  }
  return plant ? percentOfW(plant.capacity_w, value) : null;
}
