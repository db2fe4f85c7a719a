import { readFileSync } from 'node:fs';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';
import type { Response, Test } from 'supertest';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addFormats } from '../../../vtn/api/formats.ts';
import { messageChecker } from '../../../vtn/api/messages.ts';
import { OPERATIONS_DOCUMENT, operationsApi } from '../../../vtn/api/operations/index.ts';
import { command, inboxOf } from '../ingest/dispatch-support.ts';
import { mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const text = readFileSync(new URL('../../../vtn/api/operations/openapi.yaml', import.meta.url), 'utf8');
const document = parse(text) as Document;

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  requestBody?: { content: { 'application/json': { schema: { $ref: string } } } };
}
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method, ...operation })),
);
const schemas = document.components?.schemas as Record<string, { example?: Record<string, unknown> }>;

describe('the document of the operations API', () => {
  let api: Operations;
  let backend: OpenAPIBackend;
  beforeAll(async () => {
    api = await startOperations();
    backend = new OpenAPIBackend({
      definition: parse(text) as Document,
      strict: true,
      customizeAjv: (ajv) => addFormats(ajv),
    });
    await backend.init();
  });
  afterAll(() => api.stop());

  it('is valid OpenAPI 3.0, strictly', () => {
    expect(document.openapi).toBe('3.0.3');
    expect(backend.document).toBeDefined();
  });

  it('has a handler for every operation, and no handler without one', () => {
    const handlers = operationsApi({
      store: api.vtn.store,
      tokens: api.vtn.tokens,
      webhooks: { resume: () => Promise.resolve(false) },
      clock: api.clock,
      ids: { next: () => '' },
      horizonDays: 2,
    });
    expect(Object.keys(handlers.operations).sort()).toEqual(operations.map((op) => op.operationId).sort());
  });

  it('explains every operation', () => {
    expect(operations.filter((op) => !op.summary || !op.tags?.length)).toEqual([]);
  });

  it('has an example for every body, and all of them run in the order of a first day', async () => {
    const exampleOf = (id: string) => {
      const operation = operations.find((op) => op.operationId === id);
      const name = operation?.requestBody?.content['application/json'].schema.$ref.split('/').at(-1) ?? '';
      const example = schemas[name]?.example;
      expect(example, `example of ${id}`).toBeDefined();
      return example as object;
    };
    const asset = 'DE_50HZ_WU_1';
    const site = 'DE_AMPN_IMMST_SITE_1';
    const admin = await api.client('admin');
    const tariff = (await api.post('tariffs', { name: 't', region: 'DE' }).expect(201)).body.id;
    const place = (await api.location()).id;
    const device = (await api.device({ location_id: place })).id;
    const day: [string, Test][] = [
      ['createTariff', api.post('tariffs', exampleOf('createTariff'))],
      ['createLocation', api.post('locations', exampleOf('createLocation'))],
      ['patchLocation', api.patch(`locations/${place}`, exampleOf('patchLocation'))],
      ['createDevice', api.post('devices', { ...exampleOf('createDevice'), location_id: place })],
      ['patchDevice', api.patch(`devices/${device}`, exampleOf('patchDevice'))],
      ['patchTariff', api.patch(`tariffs/${tariff}`, exampleOf('patchTariff'))],
      ['putTariffPrices', api.put(`tariffs/${tariff}/prices`, exampleOf('putTariffPrices'))],
      ['createClient', admin.post('/api/v1/clients', exampleOf('createClient'))],
      ['createAsset', api.post('assets', exampleOf('createAsset'))],
      ['patchAsset', api.patch(`assets/${asset}`, exampleOf('patchAsset'))],
      ['putSpec', api.put('specs', exampleOf('putSpec'))],
      ['createSite', api.post('sites', exampleOf('createSite'))],
      ['patchSite', api.patch(`sites/${site}`, exampleOf('patchSite'))],
      ['createInverter', api.post(`sites/${site}/inverters`, exampleOf('createInverter'))],
      ['patchInverter', api.patch(`sites/${site}/inverters/${site}_INV_1`, exampleOf('patchInverter'))],
      ['putSiteLimits', api.put(`sites/${site}/limits`, exampleOf('putSiteLimits'))],
      ['putInverterLimits', api.put(`sites/${site}/inverters/${site}_INV_1/limits`, exampleOf('putInverterLimits'))],
      ['patchPeriodLimits', api.patch('period-limits', exampleOf('patchPeriodLimits'))],
      ['putForecasts', api.put('forecasts', exampleOf('putForecasts'))],
      ['putReservations', api.put('reservations', exampleOf('putReservations'))],
      ['putStateSnapshots', api.put('state-snapshots', exampleOf('putStateSnapshots'))],
    ];
    expect(day.map(([id]) => id).sort()).toEqual(
      operations
        .filter((op) => op.requestBody)
        .map((op) => op.operationId)
        .sort(),
    );
    for (const [id, test] of day) {
      const answer = await test;
      expect(answer.status, `${id}: ${answer.text}`).toBeLessThan(300);
      check(id, answer);
    }
  });

  it('has an example of the message that comes over MQTT, which is right', async () => {
    const { example } = schemas['DispatchMessage'] ?? {};
    const check = await messageChecker(OPERATIONS_DOCUMENT, 'DispatchMessage');
    expect(check(example)).toEqual([]);
  });

  it('describes the answers as they are', async () => {
    const [asset, other, site] = [
      await api.asset({ code: 'A' }),
      await api.asset({ code: 'A' }),
      await api.site({ code: 'A' }),
    ];
    const inverter = await api.inverter(site, [asset, other]);
    await api.put('specs', { asset_id: asset, valid_from: '2026-01-01T00:00:00Z', rated_power: mw(1) }).expect(204);
    const period = { start_time: '2026-01-15T12:00:00Z', end_time: '2026-01-15T12:15:00Z', source: 'PV' };
    await api.patch('period-limits', {
      limits: [{ asset_id: asset, ...period, power_charge: mw(-1), energy_low: mwh(1) }],
    });
    const position = { ...period, asset_id: asset, market: 'DAA', source: 'EXTERNAL', power: mw(1) };
    await api.put('reservations', { reservations: [position] }).expect(204);
    const { source: _source, ...slot } = period;
    await api.put('forecasts', { forecasts: [{ ...slot, asset_id: asset, generation: mw(1) }] }).expect(204);
    const snapshot = { asset_id: asset, effective_at: '2026-01-15T09:00:00Z', reading_quality: 'VALID' };
    await api.put('state-snapshots', { state_snapshots: [{ ...snapshot, charged_energy: mwh(1) }] }).expect(200);
    const { send } = await inboxOf(api);
    expect(await send(asset, command(asset, { soc_imbalance: mwh(1) }))).toBe('APPLIED');
    expect(await send(asset, command(other))).toBe('DEAD');
    const connection = { limits: [{ ...slot, max_import_from_grid: mw(1) }] };
    await api.put(`sites/${site}/limits`, connection).expect(204);
    await api.put(`sites/${site}/inverters/${inverter}/limits`, connection).expect(204);
    check('putGateway', await api.put(`sites/${site}/gateway`).expect(200));
    const range = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';
    const tariff = (await api.post('tariffs', { name: 't', region: 'PL', targets: ['a'] }).expect(201)).body.id;
    const place = (await api.location({ site_id: site })).id;
    const device = (await api.device({ location_id: place, asset_id: asset })).id;
    const price = { ...slot, import_price: { amount: '1.5', unit: 'PLN/MWh' }, is_forecast: true };
    await api.put(`tariffs/${tariff}/prices`, { prices: [price] }).expect(204);
    for (const [id, path] of [
      ['listLocations', 'locations'],
      ['getLocation', `locations/${place}`],
      ['listDevices', `devices?asset_id=${asset}`],
      ['getDevice', `devices/${device}`],
      ['listTariffs', 'tariffs'],
      ['getTariff', `tariffs/${tariff}`],
      ['listTariffPrices', `tariffs/${tariff}/prices?${range}`],
      ['listAssets', 'assets'],
      ['getAsset', `assets/${asset}`],
      ['getAssetStatus', `assets/${asset}/status`],
      ['listAssetStatuses', `asset-statuses?asset_ids=${asset}&latest=true`],
      ['listSpecs', `specs?asset_ids=${asset}`],
      ['listPeriodLimits', `period-limits?asset_ids=${asset}&${range}`],
      ['listForecasts', `forecasts?asset_ids=${asset}&${range}`],
      ['listReservations', `reservations?asset_ids=${asset}&${range}`],
      ['listDispatches', `dispatches?asset_ids=${asset}&${range}`],
      ['listDispatchDeadLetters', 'dispatches/dead-letters'],
      ['listStateSnapshots', `state-snapshots?asset_ids=${asset}`],
      ['listStateSnapshots', `state-snapshots?asset_ids=${asset}&latest=true`],
      ['listSites', 'sites?expand=inverters'],
      ['listSites', 'sites'],
      ['getSite', `sites/${site}`],
      ['listSiteLimits', `sites/${site}/limits?${range}`],
      ['listInverterLimits', `sites/${site}/inverters/${inverter}/limits?${range}`],
      ['getGateway', `sites/${site}/gateway`],
    ] as const) {
      check(id, await api.get(path).expect(200));
    }
    const admin = await api.client('admin');
    const objectOperations = [{ objects: ['EVENT'], operations: ['CREATE'], callbackUrl: 'https://ven.example/' }];
    await admin.post('subscriptions', { clientName: 'x', objectOperations }).expect(201);
    const webhooks = await vi.waitFor(async () => {
      const answer = await api.get('webhooks').expect(200);
      expect(answer.body.webhooks).toHaveLength(1);
      return answer;
    });
    check('listWebhooks', webhooks);
    check('resumeWebhook', await api.post(`webhooks/${webhooks.body.webhooks[0].webhook_id}/resume`).expect(200));
    check('listClients', await admin.get('/api/v1/clients').expect(200));
    check('getClient', await admin.get(`/api/v1/clients/${admin.id}`).expect(200));
    check('getAsset', await api.get('assets/unknown').expect(404));
    check('listAssets', await api.get('assets?limit=0').expect(422));
    check('patchPeriodLimits', await api.patch('period-limits', { limits: [{}] }).expect(422));
    check('deleteAsset', await api.delete(`assets/${asset}`).expect(409));
    check('deleteInverter', await api.delete(`sites/${site}/inverters/${inverter}`).expect(204));
  });

  function check(id: string, answer: Response): void {
    if (answer.status === 204) {
      expect(answer.text).toBe('');
      return;
    }
    const declared = Object.keys(
      (operations.find((op) => op.operationId === id) as unknown as { responses: object }).responses,
    );
    if (answer.status < 400) expect(declared).toContain(String(answer.status));
    const { errors } = backend.validateResponse(
      answer.body,
      id,
      declared.includes(String(answer.status)) ? answer.status : undefined,
    );
    expect(errors ?? [], `${id} ${answer.text}`).toEqual([]);
  }
});
