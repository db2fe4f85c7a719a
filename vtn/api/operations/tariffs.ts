import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { publishDays, withdrawDays } from '../../publisher.ts';
import { deleteTariff, insertTariff, listTariffs, tariffById, updateTariff } from '../../store/tariffs.ts';
import type { TariffRow } from '../../store/tariffs.ts';
import type { Db } from '../../store/store.ts';
import { horizon } from '../../translation/plan.ts';
import { notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';

interface CreateTariff {
  name: string;
  region: Region;
  currency?: string;
  targets?: string[];
}

const CURRENCIES: Readonly<Record<Region, string>> = { DE: 'EUR', PL: 'PLN' };

/** `/tariffs`: what energy costs and earns, and for whom that is published. */
export function tariffOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    listTariffs: async ({ query }) => {
      const page = pageOf(query);
      const rows = await store.read((db) => listTariffs(db, query, page));
      return { status: 200, body: { ...page, tariffs: rows.map(tariffAnswer) } };
    },
    createTariff: async ({ body }) => {
      const { name, region, currency = CURRENCIES[region], targets = [] } = body as CreateTariff;
      const nowMs = deps.clock.nowMs();
      const id = `tar_${deps.ids.next()}`;
      const row: TariffRow = {
        id,
        name,
        region,
        currency,
        targets: [...new Set(targets)],
        created_ms: nowMs,
        updated_ms: nowMs,
      };
      await store.write(({ db }) => insertTariff(db, row));
      return { status: 201, body: tariffAnswer(row), headers: { location: `tariffs/${id}` } };
    },
    getTariff: async ({ params }) => {
      const row = await store.read((db) => requireTariff(db, params));
      return { status: 200, body: tariffAnswer(row) };
    },
    patchTariff: async ({ params, body }) => {
      const { name, targets } = body as { name?: string; targets?: string[] };
      await store.write(async (tx) => {
        const { id, region } = await requireTariff(tx.db, params);
        await updateTariff(tx.db, id, { name, targets: targets && [...new Set(targets)] }, deps.clock.nowMs());
        if (!targets) return;
        const days = horizon(region as Region, deps.clock.nowMs(), deps.horizonDays);
        await publishDays(tx, 'prices', [id], days, deps);
      });
      return { status: 204 };
    },
    deleteTariff: async ({ params }) => {
      await store.write(async (tx) => {
        const { id } = await requireTariff(tx.db, params);
        await withdrawDays(tx, 'prices', id);
        await deleteTariff(tx.db, id);
      });
      return { status: 204 };
    },
  };
}

/** @throws ApiError 404 */
export async function requireTariff(db: Db, params: Readonly<Record<string, string>>): Promise<TariffRow> {
  const id = params['tariff_id'] ?? '';
  const tariff = await tariffById(db, id);
  if (!tariff) throw notFound(`unknown tariff_id: ${id}`);
  return tariff;
}

function tariffAnswer(row: TariffRow) {
  const { created_ms, updated_ms, ...tariff } = row;
  return { ...tariff, ...stamps({ created_ms, updated_ms }) };
}
