import { TRANSITIONS } from '../../domain/lifecycle.ts';
import type { LifecycleAction } from '../../domain/lifecycle.ts';
import { updateAsset } from '../../store/assets.ts';
import { conflict } from '../errors.ts';
import { requireAsset } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import type { Handle } from './index.ts';

/** `/asset-actions/{asset_id}/…`: one operation for each step of the lifecycle. */
export function assetActionOperations({ store, clock }: OperationsDeps): Record<string, Handle> {
  const step =
    (action: LifecycleAction): Handle =>
    async ({ params }) => {
      const { from, to } = TRANSITIONS[action];
      const nowMs = clock.nowMs();
      await store.write(async ({ db }) => {
        const asset = await requireAsset(db, params['asset_id'] ?? '');
        if (asset.lifecycle !== from) {
          throw conflict('Wrong state', `${action} goes from ${from} to ${to}, but ${asset.id} is ${asset.lifecycle}`);
        }
        const today = new Date(nowMs).toISOString().slice(0, 10);
        const goLive = action === 'go-live' && asset.go_live_date === null ? { go_live_date: today } : {};
        await updateAsset(db, asset.id, { lifecycle: to, ...goLive }, nowMs);
      });
      return { status: 204 };
    };
  return {
    startCommissioning: step('start-commissioning'),
    goLive: step('go-live'),
    suspend: step('suspend'),
    resume: step('resume'),
    decommission: step('decommission'),
  };
}
