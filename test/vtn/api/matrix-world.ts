import type { TestClient, TestVtn } from '../support/server.ts';

export const PARTIES = ['bl', 'owner', 'other', 'venless', 'utility'] as const;
export type Party = (typeof PARTIES)[number];

/** Ids by the names that the table uses, in each collection. */
export type Ids = Record<
  'programs' | 'events' | 'reports' | 'subscriptions' | 'vens' | 'resources',
  Record<string, string>
>;

/**
 * Objects of every kind, as seen by `owner`, whose ven holds A and whose resource holds R, and by `other`, who holds B.
 *
 *     programs   open     untargeted           events   open       under open, untargeted
 *                granted  A                             granted    under open, A
 *                secret   Z, nobody's                   resource   under open, R
 *                                                       id         under open, the id of owner's ven
 *                                                       inside     under granted, untargeted
 *                                                       secret     under open, Z
 *                                                       below      under secret, untargeted
 *                                                       both       under secret, A
 *     reports, subscriptions, vens, resources           owners, others
 */
export async function buildWorld(parties: Record<Party, TestClient>): Promise<Ids> {
  const { bl, owner, other } = parties;
  for (const collection of ['subscriptions', 'programs', 'vens']) {
    const { body } = await bl.get(collection).expect(200);
    for (const { id } of body as { id: string }[]) await bl.delete(`${collection}/${id}`).expect(200);
  }
  const ids: Ids = { programs: {}, events: {}, reports: {}, subscriptions: {}, vens: {}, resources: {} };
  const make = async (client: TestClient, collection: keyof Ids, name: string, body: object) => {
    ids[collection][name] = (await client.post(collection, body).expect(201)).body.id as string;
  };
  await make(bl, 'vens', 'owners', { clientID: owner.id, venName: 'owners', targets: ['A'] });
  await make(bl, 'vens', 'others', { clientID: other.id, venName: 'others', targets: ['B'] });
  await make(bl, 'resources', 'owners', { venID: ids.vens['owners'], resourceName: 'r', targets: ['R'] });
  await make(bl, 'resources', 'others', { venID: ids.vens['others'], resourceName: 'r' });
  await make(bl, 'programs', 'open', { programName: 'open' });
  await make(bl, 'programs', 'granted', { programName: 'granted', targets: ['A'] });
  await make(bl, 'programs', 'secret', { programName: 'secret', targets: ['Z'] });
  for (const [name, program, targets] of [
    ['open', 'open', undefined],
    ['granted', 'open', 'A'],
    ['resource', 'open', 'R'],
    ['id', 'open', ids.vens['owners']],
    ['inside', 'granted', undefined],
    ['secret', 'open', 'Z'],
    ['below', 'secret', undefined],
    ['both', 'secret', 'A'],
  ] as const) {
    const body = { programID: ids.programs[program], eventName: name };
    await make(bl, 'events', name, targets === undefined ? body : { ...body, targets: [targets] });
  }
  for (const [name, client] of [
    ['owners', owner],
    ['others', other],
  ] as const) {
    await make(client, 'reports', name, { eventID: ids.events['open'], clientName: name, resources: [] });
    await make(client, 'subscriptions', name, subscription());
  }
  return ids;
}

/** @param operation what 3.1 calls CREATE and 3.0.1 POST. */
export const subscription = (operation = 'CREATE') => ({
  clientName: 'c',
  objectOperations: [{ objects: ['EVENT'], operations: [operation], callbackUrl: 'https://ven.example/callback' }],
});

/** The clients of the matrix. */
export async function parties(vtn: TestVtn): Promise<Record<Party, TestClient>> {
  return {
    bl: await vtn.client('bl'),
    owner: await vtn.client('ven'),
    other: await vtn.client('ven'),
    venless: await vtn.client('ven'),
    utility: await vtn.client('utility', { utility: { level: 'leader' } }),
  };
}
