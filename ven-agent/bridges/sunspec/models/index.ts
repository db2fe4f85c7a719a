import { MODEL_1 } from './common.ts';
import { MODEL_702, MODEL_713 } from './der-capacity.ts';
import { MODEL_704, MODEL_715 } from './der-control.ts';
import { MODEL_701, MODEL_714 } from './der-measurement.ts';
import { INVERTER_MODELS, MODEL_103, MODEL_113 } from './inverter.ts';
import { MODEL_120, MODEL_121, MODEL_123 } from './legacy.ts';
import { METER_MODELS, MODEL_203, MODEL_213 } from './meter.ts';
import type { Model } from './model.ts';
import { MODEL_124, MODEL_802 } from './storage.ts';

export { INVERTER_MODELS, METER_MODELS };
export { MODEL_1, MODEL_103, MODEL_113, MODEL_120, MODEL_121, MODEL_123, MODEL_124, MODEL_203, MODEL_213 };
export { MODEL_701, MODEL_702, MODEL_704, MODEL_713, MODEL_714, MODEL_715, MODEL_802 };

const ALL: readonly Model[] = [
  ...[MODEL_1, ...INVERTER_MODELS, MODEL_120, MODEL_121, MODEL_123, MODEL_124, ...METER_MODELS],
  ...[MODEL_701, MODEL_702, MODEL_704, MODEL_713, MODEL_714, MODEL_715, MODEL_802],
];

/** Every model that the product reads or writes, by id; others are skipped by their length. */
export const MODELS: ReadonlyMap<number, Model> = new Map(ALL.map((model) => [model.id, model]));
