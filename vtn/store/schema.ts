import type { Generated } from 'kysely';

/**
 * The tables, as Kysely types. Conventions: instants are integer milliseconds since the epoch and end in `_ms`; power is
 * integer W (`_w`), energy integer Wh (`_wh`), signs as in the operations API (+ discharge); decimals that are neither are
 * TEXT in plain notation; NULL means "says nothing"; booleans are 0/1; `body` is the JSON text that is sent to clients.
 */
export interface Database {
  programs: { id: string; name: string; created_ms: number; modified_ms: number; body: string };
  program_targets: { program_id: string; target: string };
  events: {
    id: string;
    program_id: string;
    name: string | null;
    priority: number | null;
    /** When the last interval is over; NULL: never (`P9999Y`) or unknown. For `active=true`. */
    ends_ms: number | null;
    created_ms: number;
    modified_ms: number;
    body: string;
  };
  event_targets: { event_id: string; target: string };
  /** For whom each event is: see `event-audience.ts`. */
  event_audience: {
    event_id: string;
    /** Whoever may see the event holds this target, or it is everybody's. */
    target: string;
    /** The priority; when there is none, more than any. */
    rank: number;
    created_ms: number;
    program_id: string;
    ends_ms: number | null;
  };
  vens: { id: string; client_id: string; name: string; created_ms: number; modified_ms: number; body: string };
  ven_targets: { ven_id: string; target: string };
  resources: {
    id: string;
    ven_id: string;
    client_id: string;
    name: string;
    created_ms: number;
    modified_ms: number;
    body: string;
  };
  resource_targets: { resource_id: string; target: string };
  reports: {
    id: string;
    event_id: string;
    program_id: string;
    client_id: string;
    client_name: string;
    name: string | null;
    created_ms: number;
    modified_ms: number;
    body: string;
  };
  subscriptions: {
    id: string;
    /** NULL: to all programs. */
    program_id: string | null;
    client_id: string;
    client_name: string;
    /** The object types that it names anywhere, each between commas: `,EVENT,PROGRAM,`. */
    objects: string;
    created_ms: number;
    modified_ms: number;
    /** The bearer tokens are masked in it. */
    body: string;
  };
  /** What a callback is called with; `position` is that of its entry in `objectOperations`. Never leaves the VTN otherwise. */
  subscription_tokens: { subscription_id: string; position: number; bearer_token: string };
  /** Who subscribed, as its token said; the version of OpenADR that it speaks; and what calls are signed with. */
  subscription_owners: { subscription_id: string; role: string; version: string; signing_secret: string };
  /** Where callbacks go: one for each client and URL. `failures`: in a row; NULL in the times: all is well. */
  webhook_endpoints: {
    id: string;
    client_id: string;
    url: string;
    created_ms: number;
    failures: number;
    failing_since_ms: number | null;
    parked_ms: number | null;
    /** Of the last failure, for people. */
    reason: string | null;
    /** Messages that were given up. */
    dropped: number;
  };
  /** A notification that somebody has still to hear. */
  webhook_messages: { n: Generated<number>; id: string; body: string; created_ms: number };
  /** Who: `position` is that of the entry in `objectOperations`. */
  webhook_deliveries: { message_n: number; endpoint_id: string; subscription_id: string; position: number };
  /** The committed changes that a channel has still to announce, or that are kept. `previous`: the object as it was. */
  outbox: {
    seq: Generated<number>;
    operation: string;
    object_type: string;
    object_id: string;
    body: string;
    previous: string | null;
    created_ms: number;
  };
  /** The last row of the outbox that a channel is done with. */
  outbox_cursors: { channel: string; seq: number };

  clients: {
    id: string;
    name: string;
    role: string;
    secret_hash: string;
    account: string | null;
    utility_id: string | null;
    utility_level: string | null;
    created_ms: number;
    revoked_ms: number | null;
  };
  /** `token_ttl_ms`: the longest life of a token that the key may have signed. */
  signing_keys: { kid: string; private_jwk: string; created_ms: number; token_ttl_ms: Generated<number> };

  /** Numbers that are given out once: `asset:DE_50HZ_WU` -> last n. */
  counters: { name: string; value: number };
  assets: {
    id: string;
    code: string;
    name: string;
    type: string;
    region: string;
    delivery_area: string;
    lifecycle: string;
    provider: string;
    go_live_date: string | null;
    created_ms: number;
    updated_ms: number;
  };
  asset_statuses: {
    seq: Generated<number>;
    asset_id: string;
    status: string;
    effective_ms: number;
    /** JSON array of {category, detail, source, attributes}. */
    reasons: string;
    created_ms: number;
  };
  /** `silent_from_ms`: when the asset counts as silent; NULL once that was said. */
  asset_reports: { asset_id: string; last_ms: number; period_ms: number; silent_from_ms: number | null };
  sites: {
    id: string;
    name: string;
    code: string;
    region: string;
    delivery_area: string;
    /** JSON of the dispatch mode, prices as decimal strings with their unit. */
    dispatch_mode: string;
    created_ms: number;
    updated_ms: number;
  };
  inverters: {
    id: string;
    site_id: string;
    rated_power_w: number;
    charge_efficiency: string;
    discharge_efficiency: string;
    created_ms: number;
    updated_ms: number;
  };
  inverter_assets: { inverter_id: string; asset_id: string };
  specs: {
    asset_id: string;
    valid_from_ms: number;
    valid_to_ms: number | null;
    rated_power_w: number | null;
    grid_connection_max_power_w: number | null;
    max_capacity_wh: number | null;
    ramp_rate: string | null;
    ramp_type: string | null;
    charge_efficiency: string | null;
    discharge_efficiency: string | null;
    daily_cycle_energy_limit_wh: number | null;
    prequalified_fcr_w: number | null;
    prequalified_afrr_charge_w: number | null;
    prequalified_afrr_discharge_w: number | null;
    created_ms: number;
    updated_ms: number;
  };
  period_limits: {
    asset_id: string;
    start_ms: number;
    source: string;
    delivery_day: string;
    power_charge_w: number | null;
    power_discharge_w: number | null;
    energy_low_wh: number | null;
    energy_high_wh: number | null;
    trading_locked: number | null;
    created_ms: number;
    updated_ms: number;
  };
  reservations: {
    asset_id: string;
    start_ms: number;
    end_ms: number;
    market: string;
    source: string;
    delivery_day: string;
    power_w: number | null;
    energy_change_wh: number | null;
    energy_buffer_low_wh: number | null;
    energy_buffer_high_wh: number | null;
    created_ms: number;
    updated_ms: number;
  };
  /** `import_from_grid_fee`: a decimal. */
  forecasts: {
    asset_id: string;
    start_ms: number;
    end_ms: number;
    delivery_day: string;
    generation_w: number | null;
    consumption_w: number | null;
    import_from_grid_fee: string | null;
    created_ms: number;
    updated_ms: number;
  };
  /** By site id. */
  site_limits: {
    subject_id: string;
    start_ms: number;
    end_ms: number;
    max_import_w: number | null;
    max_export_w: number | null;
    created_ms: number;
    updated_ms: number;
  };
  /** By inverter id. */
  inverter_limits: {
    subject_id: string;
    start_ms: number;
    end_ms: number;
    max_import_w: number | null;
    max_export_w: number | null;
    created_ms: number;
    updated_ms: number;
  };
  /** The averages are decimals; booleans are 0/1. */
  utilities: {
    id: number;
    address: string | null;
    aptify_id: number | null;
    aptify_order_id: number | null;
    average_annual_household_income: string | null;
    average_annual_megawatt_hours: string | null;
    city: string | null;
    est_is_active: number;
    est_subscription_id: number | null;
    is_active: number;
    name: string;
    state: string | null;
    total_customers: number;
    total_subscriptions: number;
    miles_of_line: number | null;
    line_length_overhead: number | null;
    line_length_underground: number | null;
    use_meters: number;
    zip_code: string | null;
    created_ms: number;
    updated_ms: number;
  };
  /** `targets`: JSON array of the targets of its events; empty: for everybody. */
  tariffs: {
    id: string;
    name: string;
    region: string;
    currency: string;
    targets: string;
    created_ms: number;
    updated_ms: number;
  };
  /** By slot; in thousandths of the tariff's currency per MWh. */
  tariff_prices: {
    tariff_id: string;
    start_ms: number;
    import_milli: number | null;
    export_milli: number | null;
    grid_fee_milli: number | null;
    is_forecast: number;
    created_ms: number;
    updated_ms: number;
  };
  /** `dispatch_ms`: when the command takes effect; `outcome`: what became of it (`DispatchOutcome`). */
  dispatches: {
    event_id: string;
    source: string;
    published_ms: number;
    asset_id: string;
    dispatch_ms: number;
    period_start_ms: number;
    delivery_day: string;
    target_power_w: number;
    nominal_power_w: number | null;
    power_imbalance_w: number | null;
    soc_imbalance_wh: number | null;
    outcome: string;
    received_ms: number;
  };
  /** Messages that are no dispatch command. `payload` may be cut; `size_bytes` is how long it was. */
  dispatch_dead_letters: {
    seq: Generated<number>;
    topic: string;
    reason: string;
    detail: string;
    payload: string;
    /** `utf-8` or `base64`. */
    encoding: string;
    size_bytes: number;
    received_ms: number;
  };
  state_snapshots: {
    asset_id: string;
    effective_ms: number;
    stored_energy_wh: number | null;
    charged_energy_wh: number | null;
    discharged_energy_wh: number | null;
    reading_quality: string;
    created_ms: number;
    updated_ms: number;
  };
  /** Of customers' accounts. */
  plants: {
    id: string;
    account: string;
    name: string;
    capacity_w: number;
    timezone: string | null;
    asset_id: string | null;
    created_ms: number;
    updated_ms: number;
  };
  /** `source_value`: a decimal. */
  unavailabilities: {
    id: string;
    plant_id: string;
    start_ms: number;
    end_ms: number;
    available_power_w: number;
    type: string;
    observations: string | null;
    source_unit: string | null;
    source_value: string | null;
    timezone_source: string | null;
    created_ms: number;
    updated_ms: number;
  };
  /** The agent enrolled for a site: its OAuth client and its ven object. */
  gateways: { site_id: string; client_id: string; ven_id: string; created_ms: number; updated_ms: number };
  /** Where devices are. `account_id`: whose they are, as schedules say it. */
  locations: {
    id: string;
    name: string;
    time_zone: string;
    currency: string;
    account_id: string;
    tariff_id: string | null;
    site_id: string | null;
    created_ms: number;
    updated_ms: number;
  };
  /** What is scheduled. Efficiencies and states of charge (`_soc`) are decimals from 0 to 1. */
  devices: {
    id: string;
    name: string;
    type: string;
    location_id: string;
    asset_id: string | null;
    live_mode: number;
    capacity_wh: number;
    max_charge_w: number;
    max_discharge_w: number;
    charge_efficiency: string;
    discharge_efficiency: string;
    minimum_soc: string;
    target_soc: string | null;
    deadline_ms: number | null;
    /** As it was given, and when. */
    soc: string | null;
    soc_ms: number | null;
    /** The schedule that holds. */
    schedule_id: string | null;
    /** Since when something has changed on which that schedule rests; NULL: nothing has. */
    stale_ms: number | null;
    created_ms: number;
    updated_ms: number;
  };
  /** `horizon_ms`: what was asked for; NULL: all there is. `entries`: JSON array of `ScheduleEntry`. */
  schedules: {
    id: string;
    device_id: string;
    location_id: string;
    start_ms: number;
    end_ms: number;
    horizon_ms: number | null;
    entries: string;
    created_ms: number;
  };
}
