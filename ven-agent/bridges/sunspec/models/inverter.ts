/** AC measurement of inverters before IEEE 1547-2018, with integers or floats. Facts and point names: sunspec/models. */
import { defineModel } from './model.ts';
import type { Row } from './model.ts';

/** The same for one phase, split phase and three phases. */
const INTEGER_ROWS = [
  ['ID', 'uint16'],
  ['L', 'uint16'],
  ['A', 'uint16', 'A_SF'],
  ['AphA', 'uint16', 'A_SF'],
  ['AphB', 'uint16', 'A_SF'],
  ['AphC', 'uint16', 'A_SF'],
  ['A_SF', 'sunssf'],
  ['PPVphAB', 'uint16', 'V_SF'],
  ['PPVphBC', 'uint16', 'V_SF'],
  ['PPVphCA', 'uint16', 'V_SF'],
  ['PhVphA', 'uint16', 'V_SF'],
  ['PhVphB', 'uint16', 'V_SF'],
  ['PhVphC', 'uint16', 'V_SF'],
  ['V_SF', 'sunssf'],
  ['W', 'int16', 'W_SF'],
  ['W_SF', 'sunssf'],
  ['Hz', 'uint16', 'Hz_SF'],
  ['Hz_SF', 'sunssf'],
  ['VA', 'int16', 'VA_SF'],
  ['VA_SF', 'sunssf'],
  ['VAr', 'int16', 'VAr_SF'],
  ['VAr_SF', 'sunssf'],
  ['PF', 'int16', 'PF_SF'],
  ['PF_SF', 'sunssf'],
  ['WH', 'acc32', 'WH_SF'],
  ['WH_SF', 'sunssf'],
  ['DCA', 'uint16', 'DCA_SF'],
  ['DCA_SF', 'sunssf'],
  ['DCV', 'uint16', 'DCV_SF'],
  ['DCV_SF', 'sunssf'],
  ['DCW', 'int16', 'DCW_SF'],
  ['DCW_SF', 'sunssf'],
  ['TmpCab', 'int16', 'Tmp_SF'],
  ['TmpSnk', 'int16', 'Tmp_SF'],
  ['TmpTrns', 'int16', 'Tmp_SF'],
  ['TmpOt', 'int16', 'Tmp_SF'],
  ['Tmp_SF', 'sunssf'],
  ['St', 'enum16'],
  ['StVnd', 'enum16'],
  ['Evt1', 'bitfield32'],
  ['Evt2', 'bitfield32'],
  ['EvtVnd1', 'bitfield32'],
  ['EvtVnd2', 'bitfield32'],
  ['EvtVnd3', 'bitfield32'],
  ['EvtVnd4', 'bitfield32'],
] as const satisfies readonly Row[];

const FLOAT_ROWS = [
  ['ID', 'uint16'],
  ['L', 'uint16'],
  ['A', 'float32'],
  ['AphA', 'float32'],
  ['AphB', 'float32'],
  ['AphC', 'float32'],
  ['PPVphAB', 'float32'],
  ['PPVphBC', 'float32'],
  ['PPVphCA', 'float32'],
  ['PhVphA', 'float32'],
  ['PhVphB', 'float32'],
  ['PhVphC', 'float32'],
  ['W', 'float32'],
  ['Hz', 'float32'],
  ['VA', 'float32'],
  ['VAr', 'float32'],
  ['PF', 'float32'],
  ['WH', 'float32'],
  ['DCA', 'float32'],
  ['DCV', 'float32'],
  ['DCW', 'float32'],
  ['TmpCab', 'float32'],
  ['TmpSnk', 'float32'],
  ['TmpTrns', 'float32'],
  ['TmpOt', 'float32'],
  ['St', 'enum16'],
  ['StVnd', 'enum16'],
  ['Evt1', 'bitfield32'],
  ['Evt2', 'bitfield32'],
  ['EvtVnd1', 'bitfield32'],
  ['EvtVnd2', 'bitfield32'],
  ['EvtVnd3', 'bitfield32'],
  ['EvtVnd4', 'bitfield32'],
] as const satisfies readonly Row[];

/** Inverter, three phases. */
export const MODEL_103 = defineModel(103, INTEGER_ROWS);

/** Inverter, three phases, floats. */
export const MODEL_113 = defineModel(113, FLOAT_ROWS);

/** All of them, the integer ones first. */
export const INVERTER_MODELS = [
  defineModel(101, INTEGER_ROWS),
  defineModel(102, INTEGER_ROWS),
  MODEL_103,
  defineModel(111, FLOAT_ROWS),
  defineModel(112, FLOAT_ROWS),
  MODEL_113,
] as const;
