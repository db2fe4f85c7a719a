/**
 * Every payload type that we know, once: where it stands, what its values are, the unit that holds when no descriptor names
 * one, and the clause. The enumerations are those of Definition 3.1.1; the private ones are ours and stand at the end of
 * their list. To add a payload type, add a row.
 */

export interface PayloadType {
  where: 'event' | 'report';
  /** `any` is agreed between sender and receiver. */
  value: 'number' | 'integer' | 'string' | 'point' | 'any';
  /**
   * `one`: several values are one after the other, each for its share of the interval (User Guide 7.3, "multi-valued
   * payloads"). `list`: they belong together.
   */
  count: 'one' | 'list';
  /** OpenADR unit that holds when no payloadDescriptor names one; `undefined` where the descriptor has to, or there is none. */
  unit: Unit | undefined;
  clause: string;
}

export type Unit = 'KW' | 'KWH' | 'PERCENT' | 'GHG';

const EVENT = 'Definition, event payload enumerations';
const REPORT = 'Definition, report payload enumerations';
const PRIVATE = 'private, README "Private payloads"';

type Row = Omit<PayloadType, 'where'>;
const number = (unit?: Unit, clause?: string): Row => ({ value: 'number', count: 'one', unit, clause: clause ?? '' });
const integer: Row = { value: 'integer', count: 'one', unit: undefined, clause: '' };
const string: Row = { value: 'string', count: 'one', unit: undefined, clause: '' };

const EVENT_ROWS = {
  SIMPLE: integer,
  PRICE: number(),
  PRICE_ALTERNATE: number(),
  CHARGE_STATE_SETPOINT: number(),
  /** Consumption is positive; negative is injection, which the enumeration does not foresee (an interpretation of ours). */
  DISPATCH_SETPOINT: number('KW'),
  DISPATCH_SETPOINT_RELATIVE: number('KW'),
  DISPATCH_INSTRUCTION: { ...string, count: 'list' },
  CONTROL_SETPOINT: { ...integer, value: 'any' },
  CONTROL_LEVEL_OFFSET: integer,
  CONTROL_LEVEL_OFFSET_PERCENT: number('PERCENT'),
  EXPORT_PRICE: number(),
  GHG: number('GHG'),
  CURVE: { ...integer, value: 'point', count: 'list' },
  OLS: { ...number('PERCENT'), count: 'list' },
  IMPORT_CAPACITY_SUBSCRIPTION: number('KW'),
  IMPORT_CAPACITY_RESERVATION: number('KW'),
  IMPORT_CAPACITY_RESERVATION_FEE: number(),
  IMPORT_CAPACITY_AVAILABLE: number('KW'),
  IMPORT_CAPACITY_AVAILABLE_PRICE: number(),
  EXPORT_CAPACITY_SUBSCRIPTION: number('KW'),
  EXPORT_CAPACITY_RESERVATION: number('KW'),
  EXPORT_CAPACITY_RESERVATION_FEE: number(),
  EXPORT_CAPACITY_AVAILABLE: number('KW'),
  EXPORT_CAPACITY_AVAILABLE_PRICE: number(),
  IMPORT_CAPACITY_LIMIT: number('KW'),
  EXPORT_CAPACITY_LIMIT: number('KW'),
  ALERT_GRID_EMERGENCY: string,
  ALERT_BLACK_START: string,
  ALERT_POSSIBLE_OUTAGE: string,
  ALERT_FLEX_ALERT: string,
  ALERT_FIRE: string,
  ALERT_FREEZING: string,
  ALERT_WIND: string,
  ALERT_TSUNAMI: string,
  ALERT_AIR_QUALITY: string,
  ALERT_OTHER: string,
  CTA2045_REBOOT: integer,
  CTA2045_SET_OVERRIDE_STATUS: integer,
  /** Stored energy must not fall below. */
  STORAGE_ENERGY_MIN: number('KWH', PRIVATE),
  /** Stored energy must not rise above. */
  STORAGE_ENERGY_MAX: number('KWH', PRIVATE),
  /** Energy to keep in the storage for a reservation. */
  STORAGE_BUFFER_LOW: number('KWH', PRIVATE),
  /** Room to keep in the storage for a reservation. */
  STORAGE_BUFFER_HIGH: number('KWH', PRIVATE),
  /** Power reserved for a capacity product, which moves no set-point. */
  CAPACITY_PRODUCT: number('KW', PRIVATE),
} satisfies Record<string, Row>;

const REPORT_ROWS = {
  READING: number(),
  USAGE: number('KWH'),
  DEMAND: number('KW'),
  SETPOINT: { ...integer, value: 'any' },
  DELTA_USAGE: number('KWH'),
  BASELINE: number(),
  OPERATING_STATE: string,
  UP_REGULATION_AVAILABLE: number('KW'),
  DOWN_REGULATION_AVAILABLE: number('KW'),
  REGULATION_SETPOINT: number('KW'),
  STORAGE_USABLE_CAPACITY: number('KWH'),
  /** 0 is empty, 1 is full. */
  STORAGE_CHARGE_LEVEL: number('PERCENT'),
  STORAGE_MAX_DISCHARGE_POWER: number('KW'),
  STORAGE_MAX_CHARGE_POWER: number('KW'),
  SIMPLE_LEVEL: integer,
  USAGE_FORECAST: number('KWH'),
  STORAGE_DISPATCH_FORECAST: number('KWH'),
  LOAD_SHED_DELTA_AVAILABLE: number('KW'),
  GENERATION_DELTA_AVAILABLE: number('KW'),
  DATA_QUALITY: string,
  IMPORT_RESERVATION_CAPACITY: number('KW'),
  IMPORT_RESERVATION_FEE: number(),
  EXPORT_RESERVATION_CAPACITY: number('KW'),
  EXPORT_RESERVATION_FEE: number(),
  STORED_ENERGY: number('KWH', PRIVATE),
  /** Energy that went into the storage in the interval, ≥ 0. */
  CHARGED_ENERGY: number('KWH', PRIVATE),
  /** Energy that came out of the storage in the interval, ≥ 0. */
  DISCHARGED_ENERGY: number('KWH', PRIVATE),
} satisfies Record<string, Row>;

export type EventPayloadName = keyof typeof EVENT_ROWS;
export type ReportPayloadName = keyof typeof REPORT_ROWS;
export type PayloadName = EventPayloadName | ReportPayloadName;

/** The table, by payload type; types that nobody told us of are `undefined`. */
export const PAYLOADS: Readonly<Record<PayloadName, PayloadType> & Partial<Record<string, PayloadType>>> = {
  ...placed(EVENT_ROWS, 'event', EVENT),
  ...placed(REPORT_ROWS, 'report', REPORT),
};

/** The names as constants: `PAYLOAD.IMPORT_CAPACITY_LIMIT`. */
export const PAYLOAD = Object.freeze(
  Object.fromEntries(Object.keys(PAYLOADS).map((name) => [name, name])),
) as Readonly<{ [N in PayloadName]: N }>;

function placed<N extends string>(rows: Record<N, Row>, where: PayloadType['where'], clause: string) {
  const entries = Object.entries<Row>(rows).map(([name, row]) => [
    name,
    { ...row, where, clause: row.clause || clause },
  ]);
  return Object.fromEntries(entries) as Record<N, PayloadType>;
}
