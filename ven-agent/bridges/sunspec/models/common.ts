/** The common model, which every device has first. Facts and point names: sunspec/models. */
import { defineModel } from './model.ts';

/** Common: who made it. */
export const MODEL_1 = defineModel(1, [
  ['ID', 'uint16'],
  ['L', 'uint16'],
  ['Mn', 'string16'],
  ['Md', 'string16'],
  ['Opt', 'string8'],
  ['Vr', 'string8'],
  ['SN', 'string16'],
  ['DA', 'uint16', undefined, 'rw'],
  ['Pad', 'pad'],
]);
