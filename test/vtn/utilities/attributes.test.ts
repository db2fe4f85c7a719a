import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';
import { callerOf, EXAMPLE, faultsOf } from './support.ts';
import type { Caller } from './support.ts';

const REQUIRED = ['estIsActive', 'isActive', 'name', 'totalCustomers', 'totalSubscriptions'];
const STRINGS = ['address', 'city', 'name', 'state', 'zipCode'];
const BOOLEANS = ['estIsActive', 'isActive', 'useMeters'];
const INTEGERS = ['aptifyId', 'aptifyOrderId', 'totalCustomers', 'totalSubscriptions', 'milesOfLine'];
const MORE_INTEGERS = ['lineLengthOverhead', 'lineLengthUnderground', 'estSubscriptionId'];
const DECIMALS = ['averageAnnualHouseholdIncome', 'averageAnnualMegawattHours'];

describe('the attributes of a utility', () => {
  let vtn: TestVtn;
  let admin: Caller;
  let id: string;
  beforeAll(async () => {
    vtn = await startVtn();
    admin = callerOf(vtn, await vtn.client('admin'));
    id = (await admin.create(EXAMPLE).expect(201)).body.data.id;
  });
  afterAll(() => vtn.stop());

  const written = async (attributes: object) =>
    (await admin.update(id, attributes).expect(200)).body.data.attributes as Record<string, unknown>;
  const refused = async (attributes: object) => faultsOf(await admin.update(id, attributes).expect(422));

  it.each(REQUIRED)('%s is required', async (name) => {
    const { [name]: _left, ...rest } = EXAMPLE as Record<string, unknown>;
    for (const attributes of [rest, { ...rest, [name]: null }]) {
      expect(faultsOf(await admin.create(attributes).expect(422))[0]).toContain(`/data/attributes/${name} `);
    }
  });

  it('estSubscriptionId is required of admins, and must be in the range of 1-2147483647; null is allowed', async () => {
    const { estSubscriptionId: _left, ...rest } = EXAMPLE;
    expect(faultsOf(await admin.create(rest).expect(422))).toEqual(['/data/attributes/estSubscriptionId missing']);
    for (const value of [null, 1, 2_147_483_647]) {
      const { body } = await admin.create({ ...rest, estSubscriptionId: value }).expect(201);
      expect(body.data.attributes.estSubscriptionId).toBe(value);
    }
    for (const value of [0, 2_147_483_648, '1']) {
      expect(await refused({ estSubscriptionId: value })).toHaveLength(1);
    }
  });

  it('that are not required are null when they are left out, useMeters is false', async () => {
    const few = { estIsActive: false, estSubscriptionId: null, isActive: true, name: 'n', totalCustomers: 0 };
    const { body } = await admin.create({ ...few, totalSubscriptions: 0 }).expect(201);
    const empty = Object.fromEntries(Object.keys(EXAMPLE).map((name) => [name, null]));
    expect(body.data.attributes).toEqual({
      ...empty,
      ...few,
      totalSubscriptions: 0,
      useMeters: false,
      whenUpdate: '2026-01-15T10:00:00Z',
    });
  });

  it('that are strings, integers and booleans are nothing else', async () => {
    for (const name of STRINGS) {
      expect(await written({ [name]: 'ü ☃' })).toMatchObject({ [name]: 'ü ☃' });
      expect(await refused({ [name]: 5 })).toEqual([`/data/attributes/${name} type_error`]);
      expect(await refused({ [name]: 'x'.repeat(256) })).toEqual([`/data/attributes/${name} string_too_long`]);
    }
    for (const name of BOOLEANS) {
      expect(await written({ [name]: false })).toMatchObject({ [name]: false });
      expect(await written({ [name]: true })).toMatchObject({ [name]: true });
      expect(await refused({ [name]: 'true' })).toEqual([`/data/attributes/${name} type_error`]);
    }
    for (const name of [...INTEGERS, ...MORE_INTEGERS]) {
      expect(await written({ [name]: 7 })).toMatchObject({ [name]: 7 });
      expect(await refused({ [name]: 7.5 })).toEqual([`/data/attributes/${name} type_error`]);
      expect(await refused({ [name]: -1 })).toEqual([`/data/attributes/${name} greater_than_equal`]);
    }
  });

  it.each([
    ['averageAnnualHouseholdIncome', 2, 12],
    ['averageAnnualMegawattHours', 9, 15],
  ])('%s has %d decimals of precision, %d digits allowed in total', async (name, places, digits) => {
    const most = `${'9'.repeat(digits - places)}.${'9'.repeat(places)}`;
    for (const [sent, shown] of [
      [most, most],
      [`-${most}`, `-${most}`],
      ['5', `5.${'0'.repeat(places)}`],
      ['007.50', `7.5${'0'.repeat(places - 1)}`],
      [0.1, `0.1${'0'.repeat(places - 1)}`],
      [0, `0.${'0'.repeat(places)}`],
      [null, null],
    ]) {
      expect((await written({ [name]: sent }))[name]).toBe(shown);
    }
    for (const wrong of [`1${most}`, `${most}1`, '1e3', '', 'x', 'NaN', true, `0.${'0'.repeat(places)}1`]) {
      expect((await refused({ [name]: wrong }))[0]).toMatch(new RegExp(`^/data/attributes/${name} `));
    }
  });

  it('are named all at once when several are wrong, and nothing is written', async () => {
    const before = await admin.get(id).expect(200);
    expect(
      await refused({ name: 'changed', city: 5, isActive: 'no', averageAnnualHouseholdIncome: '0.001', other: 1 }),
    ).toEqual(expect.arrayContaining(['/data/attributes/city type_error', '/data/attributes/isActive type_error']));
    expect(await refused(Object.fromEntries(DECIMALS.map((name) => [name, '0.0000000001'])))).toHaveLength(2);
    expect((await admin.get(id).expect(200)).body).toEqual(before.body);
  });

  it('whenUpdate is the server’s: what is sent is ignored', async () => {
    vtn.clock.advance(60_000);
    const { whenUpdate } = await written({ whenUpdate: 'yesterday' });
    expect(whenUpdate).toBe('2026-01-15T10:01:00Z');
  });

  it('that are not sent stay as they are', async () => {
    const before = await written(EXAMPLE);
    expect(await written({ city: 'Boston' })).toEqual({ ...before, city: 'Boston' });
    expect(await written({ city: null })).toEqual({ ...before, city: null });
  });
});
