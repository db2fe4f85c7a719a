import { MODEL_1, MODEL_701, MODEL_702, MODEL_704, MODEL_713, MODEL_715 } from '../bridges/sunspec/models/index.ts';
import type { RegisterBank } from './register-bank.ts';

/**
 * What the registers of a simulated battery say before anything happens. Power goes in steps of 1 kW (20 MW do not fit
 * 16 bits), limits in steps of 0.01 %, set-points in W.
 */
export function describeBess(
  bank: RegisterBank,
  { id, ratedW, capacityWh }: { id: string; ratedW: number; capacityWh: number },
): void {
  bank.setText(MODEL_1, { Mn: 'OpenADR Gateway', Md: 'Simulated BESS', Vr: '1', SN: id });
  bank.set(MODEL_1, { DA: 1 });
  bank.set(MODEL_702, { W_SF: 3 });
  bank.set(MODEL_702, { WMaxRtg: ratedW, WChaRteMaxRtg: ratedW, WDisChaRteMaxRtg: ratedW, CtrlModes: 3 });
  bank.set(MODEL_702, { WMax: ratedW, WChaRteMax: ratedW, WDisChaRteMax: ratedW });
  bank.set(MODEL_701, { W_SF: 3, VA_SF: 3, TotWh_SF: 0, V_SF: 0, Hz_SF: -2 });
  bank.set(MODEL_701, { ACType: 2, St: 1, ConnSt: 1, Alrm: 0, LLV: 20_000, Hz: 50 });
  bank.set(MODEL_704, { WMaxLimPct_SF: -2, WSet_SF: 0, WSetPct_SF: -2 });
  bank.set(MODEL_704, { WMaxLimPctEna: 0, WMaxLimPct: 100, WMaxLimPctRvrt: 100, WMaxLimPctEnaRvrt: 0 });
  bank.set(MODEL_704, { WSetEna: 0, WSetMod: 1, WSet: 0, WSetRvrt: 0, WSetPct: 0, WSetPctRvrt: 0 });
  bank.set(MODEL_704, { WSetEnaRvrt: 0, WSetRvrtTms: 0, WMaxLimPctRvrtTms: 0 });
  bank.set(MODEL_713, { WH_SF: 3, Pct_SF: -2 });
  bank.set(MODEL_713, { WHRtg: capacityWh, SoH: 100, Sta: 0 });
  bank.set(MODEL_715, { LocRemCtl: 0, ControllerHb: 0 });
}
