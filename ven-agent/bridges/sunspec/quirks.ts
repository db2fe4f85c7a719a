/** Where makers differ from the SunSpec models, as rows. Pure. */

/** Which direction a meter counts as positive. */
export type PositivePower = 'import' | 'export';

/** What the common model says. */
export interface Maker {
  manufacturer: string;
  model: string;
  version: string;
}

export interface Quirks {
  /** Of meters (201..214 W): the models leave it open, most count what the site takes. */
  positivePower: PositivePower;
}

interface Row extends Partial<Quirks> {
  manufacturer: RegExp;
  model?: RegExp;
  version?: RegExp;
}

const USUAL: Quirks = { positivePower: 'import' };

const ROWS: readonly Row[] = [{ manufacturer: /^SolarEdge/i, positivePower: 'export' }];

/** What is to be heeded with this device: all rows that match, later ones over earlier ones. */
export function quirksOf(maker: Maker): Quirks {
  return ROWS.filter(
    ({ manufacturer, model, version }) =>
      manufacturer.test(maker.manufacturer) &&
      (model?.test(maker.model) ?? true) &&
      (version?.test(maker.version) ?? true),
  ).reduce<Quirks>((quirks, { manufacturer: _mn, model: _md, version: _vr, ...row }) => ({ ...quirks, ...row }), USUAL);
}
