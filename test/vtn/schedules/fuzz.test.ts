import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';
import { answerCheck, operationsOf } from '../support/documents.ts';
import type { TestClient } from '../support/server.ts';

const SLOT_MS = 900_000;
const slot = (n: number) => new Date(Date.UTC(2026, 0, 15, 10) + n * SLOT_MS).toISOString();
const w = (amount: number) => ({ amount, unit: 'W' });
const euro = (amount: number) => ({ amount, unit: 'EUR/MWh' });

const watts = fc.oneof(fc.constantFrom(0, 1, 11_000, 1e12), fc.integer({ min: 0, max: 20_000 }));
const share = fc.oneof(fc.constantFrom(0, 1, '0.5', 1e-9), fc.double({ min: 0, max: 1, noNaN: true }));
const efficiency = fc.constantFrom(1, '0.9', 0.5, 0.01);
const price = fc.oneof(fc.integer({ min: -500, max: 500 }), fc.constantFrom(0, 1e6, -1e6, 0.001));
const span = fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 4 }));

const device = fc.record({
  capacity: fc
    .oneof(fc.constantFrom(1, 1e12), fc.integer({ min: 1, max: 50_000 }))
    .map((amount) => ({ amount, unit: 'Wh' })),
  max_charge_power: watts.map(w),
  max_discharge_power: watts.map(w),
  charge_efficiency: efficiency,
  discharge_efficiency: efficiency,
  minimum_state_of_charge: fc.constantFrom(0, 0.1),
  target_state_of_charge: fc.option(fc.constantFrom(0.1, '0.5', 0.9, 1), { nil: null }),
  deadline: fc.option(fc.constantFrom(slot(0.5), slot(3.3), slot(11), slot(40), slot(-4)), { nil: null }),
  state_of_charge: fc.option(share, { nil: null, freq: 20 }),
});
const world = fc.record({
  device,
  prices: fc.array(fc.record({ at: fc.nat(11), price, export: fc.option(price), isForecast: fc.boolean() }), {
    maxLength: 12,
  }),
  limits: fc.array(fc.record({ span, charge: watts, discharge: watts, low: fc.nat(20_000), more: fc.nat(20_000) }), {
    maxLength: 2,
  }),
  site: fc.option(fc.record({ span, import: watts, export: watts })),
  reserved: fc.option(
    fc.record({ span, power: fc.integer({ min: -20_000, max: 20_000 }), market: fc.constantFrom('DAA', 'FCR') }),
  ),
  minutes: fc.constantFrom(0, 0, 7, 29.99),
  horizon: fc.option(fc.constantFrom(0.25, 1, 2.51, 24, 1e6), { nil: undefined }),
});

describe('whatever is asked of a schedule', () => {
  let api: Operations;
  let operator: TestClient;
  beforeAll(async () => {
    api = await startOperations({ log: { level: 'silent' } });
    operator = await api.client('bl');
  });
  afterAll(() => api.stop());

  it('is answered as the document says, never with 500 or 503, and keeps the device’s powers', async () => {
    const check = answerCheck();
    const [operation] = await operationsOf('vtn/api/schedules/openapi.yaml');
    if (!operation) throw new Error('the document is empty');
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        api.clock.set(slot(0));
        const [tariff_id, site_id, asset_id] = [await newTariff(), await api.site(), await api.asset()];
        const period = ([from, length]: [number, number]) => ({
          start_time: slot(from),
          end_time: slot(from + length),
        });
        const prices = given.prices.map((p) => ({
          ...period([p.at, 1]),
          import_price: euro(p.price),
          export_price: p.export === null ? null : euro(p.export),
          is_forecast: p.isForecast,
        }));
        if (prices.length > 0) await api.put(`tariffs/${tariff_id}/prices`, { prices }).expect(204);
        const limits = given.limits.map((l) => ({
          asset_id,
          ...period(l.span),
          source: 'OPERATIONS',
          power_charge: w(0 - l.charge),
          power_discharge: w(l.discharge),
          energy_low: { amount: l.low, unit: 'Wh' },
          energy_high: { amount: l.low + l.more, unit: 'Wh' },
        }));
        if (limits.length > 0) await api.patch('period-limits', { limits }).expect(204);
        const { site, reserved } = given;
        if (site) {
          const limit = {
            ...period(site.span),
            max_import_from_grid: w(site.import),
            max_export_to_grid: w(site.export),
          };
          await api.put(`sites/${site_id}/limits`, { limits: [limit] }).expect(204);
        }
        if (reserved) {
          const row = {
            asset_id,
            ...period(reserved.span),
            market: reserved.market,
            source: 'EXTERNAL',
            power: w(reserved.power),
          };
          await api.put('reservations', { reservations: [row] }).expect(204);
        }
        const location = await api.location({ tariff_id, site_id });
        const { id } = await api.device({ location_id: location.id, asset_id, ...given.device });
        api.clock.advance(given.minutes * 60_000);
        const body = {
          location_id: location.id,
          ...(given.horizon === undefined ? {} : { schedule_horizon: given.horizon }),
        };
        const answer = await operator.post(`/schedules/soc/${id}`, body);
        const told = { status: answer.status, contentType: answer.headers['content-type'], text: answer.text };
        expect(check(operation, told)).toBeUndefined();
        expect([200, 422], answer.text).toContain(answer.status);
        const kind = answer.status === 200 ? 'schedule' : String(answer.body.detail[0].loc.at(-1));
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        for (const { schedule } of answer.status === 200 ? answer.body.data : []) {
          for (const { power } of schedule as { power: { value: number } }[]) {
            expect(power.value).toBeLessThanOrEqual(given.device.max_charge_power.amount);
            expect(-power.value).toBeLessThanOrEqual(given.device.max_discharge_power.amount);
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(seen.get('schedule') ?? 0).toBeGreaterThan(5);
    expect(seen.get('target_state_of_charge') ?? 0).toBeGreaterThan(0);
  }, 120_000);

  const newTariff = async (): Promise<string> =>
    (await api.post('tariffs', { name: 't', region: 'DE' }).expect(201)).body.id;

  it('be it not even JSON, or for something else', async () => {
    const check = answerCheck();
    const [operation] = await operationsOf('vtn/api/schedules/openapi.yaml');
    const ids = fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('dev_1', '%00', '__proto__'));
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({ location_id: fc.jsonValue(), schedule_horizon: fc.jsonValue() }),
    );
    await fc.assert(
      fc.asyncProperty(ids, bodies, async (id, body) => {
        const path = ['.', '..'].includes(id) ? 'none' : encodeURIComponent(id);
        const answer = await operator.post(`/schedules/soc/${path}`).type('json').send(JSON.stringify(body));
        expect([404, 422], answer.text).toContain(answer.status);
        const told = { status: answer.status, contentType: answer.headers['content-type'], text: answer.text };
        if (operation) expect(check(operation, told)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
