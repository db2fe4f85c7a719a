/** Where makers differ from the SunSpec models, as rows. Pure. */

/** What the common model says; '' where it says nothing. */
export interface Maker {
  manufacturer: string;
  model: string;
  version: string;
  serialNumber: string;
}

/** Reads it from the block of model 1. */
export function makerOf(common: { text(name: 'Mn' | 'Md' | 'Vr' | 'SN'): string | undefined }): Maker {
  return {
    manufacturer: common.text('Mn') ?? '',
    model: common.text('Md') ?? '',
    version: common.text('Vr') ?? '',
    serialNumber: common.text('SN') ?? '',
  };
}

export interface Quirks {
  /** What a meter (201..214 W) counts as positive: the models leave it open, most count what the site takes. */
  positivePower: 'import' | 'export';
  /** What a battery bank (802 W) counts as positive: likewise. */
  positiveBankPower: 'discharge' | 'charge';
  /** A new output limit counts only after the limit was switched off and on again (123 WMaxLim_Ena 1, 0, 1). */
  togglesLimit: boolean;
  /** Controls are written register by register with FC06. */
  singleWrites: boolean;
}

interface Row extends Partial<Quirks> {
  manufacturer: RegExp;
  model?: RegExp;
  version?: RegExp;
}

const USUAL: Quirks = {
  positivePower: 'import',
  positiveBankPower: 'discharge',
  togglesLimit: false,
  singleWrites: false,
};

/** Also known, and heeded with every device: no end marker (SMA), one TCP client only (SolarEdge), FC16 refused. */
const ROWS: readonly Row[] = [
  { manufacturer: /^Fronius/i, togglesLimit: true },
  { manufacturer: /^KOSTAL/i, singleWrites: true },
  { manufacturer: /^SolarEdge/i, positivePower: 'export' },
];

/** What is to be heeded with this device: all rows that match, later ones over earlier ones, and what is configured over all. */
export function quirksOf(maker: Maker, configured: Partial<Quirks> = {}): Quirks {
  const known = ROWS.filter(
    ({ manufacturer, model, version }) =>
      manufacturer.test(maker.manufacturer) &&
      (model?.test(maker.model) ?? true) &&
      (version?.test(maker.version) ?? true),
  ).map(({ manufacturer: _mn, model: _md, version: _vr, ...quirks }): Partial<Quirks> => quirks);
  return Object.assign({}, USUAL, ...known, configured) as Quirks;
}
