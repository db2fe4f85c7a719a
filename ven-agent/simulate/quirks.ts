/** Ways in which real inverters differ from the SunSpec models, for simulated ones to have. */
export const PLANT_QUIRKS = [
  /** The map just ends, with an exception where the end marker should stand. */
  'no-end-marker',
  /** Model 1 without its pad: L is 65. */
  'short-common',
  /** PV: a new limit counts only once WMaxLim_Ena has gone from 0 to 1. */
  'limit-needs-toggle',
  /** PV: FC16 is refused on the limit, FC06 is taken. */
  'single-writes',
  /** PV: a limit of 0 % is taken for "off"; it stays in standby for a minute after the limit was lifted. */
  'standby-at-zero',
  /** PV: answers nobody while there is no sun. */
  'sleeps-at-night',
] as const;

export type PlantQuirk = (typeof PLANT_QUIRKS)[number];
