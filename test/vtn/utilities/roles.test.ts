import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewClient } from '../../../vtn/auth/clients.ts';
import { startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';
import { aUtility, callerOf, EXAMPLE, faultsOf } from './support.ts';
import type { Caller } from './support.ts';

/** What a leader may change. */
const LEADERS = {
  address: 'a',
  averageAnnualHouseholdIncome: '1.00',
  averageAnnualMegawattHours: '1.000000000',
  city: 'c',
  state: 's',
  totalCustomers: 1,
  useMeters: false,
  zipCode: 'z',
};
const ADMINS = Object.keys(EXAMPLE).filter((name) => !(name in LEADERS) && name !== 'whenUpdate');

const utility = (level: 'spectator' | 'leader' | 'admin', id?: string): Partial<NewClient> => ({
  utility: { level, ...(id === undefined ? {} : { id }) },
});

/** Of utility 1: itself is "own", 2 is another's, 3 does not exist. */
const MATRIX: [name: string, role: NewClient['role'], more: Partial<NewClient>, statuses: string][] = [
  //                                                      list create get own/other/none patch own/other/none
  ['admin', 'admin', {}, '                                200  201    200 200 404        200 200 404'],
  ['admin of a utility', 'utility', utility('admin', '1'), '200 201   200 200 404        200 200 404'],
  ['admin of none', 'utility', utility('admin'), '        200  201    200 200 404        200 200 404'],
  ['leader', 'utility', utility('leader', '1'), '         200  403    200 403 403        200 403 403'],
  ['leader of none', 'utility', utility('leader'), '      200  403    403 403 403        403 403 403'],
  ['spectator', 'utility', utility('spectator', '1'), '   200  403    403 403 403        403 403 403'],
  ['business logic', 'bl', {}, '                          403  403    403 403 403        403 403 403'],
  ['a VEN', 'ven', {}, '                                  403  403    403 403 403        403 403 403'],
  ['a customer', 'customer', { account: '1' }, '          403  403    403 403 403        403 403 403'],
];

describe('who may do what with utilities', () => {
  let vtn: TestVtn;
  const as = async (role: NewClient['role'], more: Partial<NewClient> = {}): Promise<Caller> =>
    callerOf(vtn, await vtn.client(role, more));
  beforeAll(async () => {
    vtn = await startVtn();
    for (const id of [1, 2]) await aUtility(vtn, id, { est_subscription_id: 77 });
    // So that the ones that are created here are others.
    await vtn.vtn.store.write(({ db }) => db.insertInto('counters').values({ name: 'utility', value: 1000 }).execute());
  });
  afterAll(() => vtn.stop());

  it.each(MATRIX)('%s', async (_name, role, more, statuses) => {
    const caller = await as(role, more);
    const answers = [
      await caller.list(),
      await caller.create(EXAMPLE),
      ...(await Promise.all(['1', '2', '3'].map((id) => caller.get(id)))),
      ...(await Promise.all(['1', '2', '3'].map((id) => caller.update(id, { city: 'Boston' })))),
    ];
    expect(answers.map((answer) => answer.status).join(' ')).toBe(statuses.trim().replace(/ +/g, ' '));
    for (const { status, body } of answers) {
      if (status >= 400) expect(body.errors[0]).toMatchObject({ status: String(status) });
    }
  });

  it('is decided before what is sent is looked at', async () => {
    const spectator = await as('utility', utility('spectator', '1'));
    expect((await spectator.list('page=0')).status).toBe(400);
    expect((await spectator.send('post', '', '{')).status).toBe(403);
    const leader = await as('utility', utility('leader', '1'));
    expect((await leader.send('patch', '2/', '{')).status).toBe(403);
    expect((await leader.send('patch', '1/', '{')).status).toBe(400);
  });

  it('a leader may change the listed attributes of its own utility', async () => {
    const leader = await as('utility', utility('leader', '1'));
    const { body } = await leader.update('1', { ...LEADERS, whenUpdate: 'x' }).expect(200);
    expect(body.data.attributes).toMatchObject(LEADERS);
  });

  it.each(ADMINS)('a leader may not change %s', async (name) => {
    const leader = await as('utility', utility('leader', '1'));
    const value = (EXAMPLE as Record<string, unknown>)[name];
    const answer = await leader.update('1', { city: 'Nowhere', [name]: value }).expect(403);
    expect(faultsOf(answer)).toEqual([`/data/attributes/${name} forbidden`]);
    const admin = await as('admin');
    expect((await admin.get('1').expect(200)).body.data.attributes.city).not.toBe('Nowhere');
  });

  it('estSubscriptionId: other users cannot view this field', async () => {
    const seen = async (caller: Caller) => {
      const { body } = await caller.list('page_size=1').expect(200);
      return 'estSubscriptionId' in body.data[0].attributes;
    };
    expect(await seen(await as('admin'))).toBe(true);
    expect(await seen(await as('utility', utility('admin')))).toBe(true);
    expect(await seen(await as('utility', utility('leader', '1')))).toBe(false);
    expect(await seen(await as('utility', utility('spectator')))).toBe(false);
    const leader = await as('utility', utility('leader', '1'));
    expect((await leader.get('1').expect(200)).text).not.toContain('estSubscriptionId');
    expect((await leader.update('1', { city: 'c' }).expect(200)).text).not.toContain('estSubscriptionId');
  });

  it('members are the clients of the utility that are not revoked', async () => {
    await aUtility(vtn, 9);
    const admin = await vtn.client('admin');
    const join = async (level: string) =>
      (await admin.post('/api/v1/clients', { name: 'm', role: 'utility', utility: { id: '9', level } }).expect(201))
        .body.client_id as string;
    const [first, second] = [await join('spectator'), await join('leader')];
    const members = async () => (await callerOf(vtn, admin).get('9').expect(200)).body.data.relationships.members;
    const user = (id: string) => ({ type: 'User', id });
    expect(await members()).toEqual({ data: [user(first), user(second)], meta: { count: 2 } });
    await admin.delete(`/api/v1/clients/${first}`).expect(204);
    expect(await members()).toEqual({ data: [user(second)], meta: { count: 1 } });
  });

  it('a utility admin that deactivates its own utility ends its own access, too', async () => {
    await aUtility(vtn, 10);
    const own = await as('utility', utility('admin', '10'));
    await own.update('10', { isActive: false }).expect(200);
    await own.list().expect(401);
    await (await as('admin')).update('10', { isActive: true }).expect(200);
    await own.list().expect(200);
  });
});
