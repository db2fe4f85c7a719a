/** The life of an asset: DRAFT → COMMISSIONING → LIVE ⇄ SUSPENDED, LIVE → DECOMMISSIONED. */
export const LIFECYCLES = ['DRAFT', 'COMMISSIONING', 'LIVE', 'SUSPENDED', 'DECOMMISSIONED'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export const LIFECYCLE_ACTIONS = ['start-commissioning', 'go-live', 'suspend', 'resume', 'decommission'] as const;
export type LifecycleAction = (typeof LIFECYCLE_ACTIONS)[number];

/** Each action is exactly one step between adjacent states. */
export const TRANSITIONS: Readonly<Record<LifecycleAction, { from: Lifecycle; to: Lifecycle }>> = {
  'start-commissioning': { from: 'DRAFT', to: 'COMMISSIONING' },
  'go-live': { from: 'COMMISSIONING', to: 'LIVE' },
  suspend: { from: 'LIVE', to: 'SUSPENDED' },
  resume: { from: 'SUSPENDED', to: 'LIVE' },
  decommission: { from: 'LIVE', to: 'DECOMMISSIONED' },
};

/** An asset may be deleted before it was ever commissioned, and after it was taken out of service. */
export function mayBeDeleted(lifecycle: Lifecycle): boolean {
  return lifecycle === 'DRAFT' || lifecycle === 'DECOMMISSIONED';
}
