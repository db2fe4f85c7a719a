import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_DEAD_LETTERS } from '../../../vtn/store/dispatches.ts';
import { mw, mwh, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';
import { command, inboxOf, ordered } from './dispatch-support.ts';

describe('a dispatch command', () => {
  let api: Operations;
  let send: Awaited<ReturnType<typeof inboxOf>>['send'];
  let inbox: Awaited<ReturnType<typeof inboxOf>>['inbox'];
  beforeAll(async () => {
    api = await startOperations();
    ({ send, inbox } = await inboxOf(api));
  });
  beforeEach(() => api.clock.set('2026-01-15T10:00:00Z'));
  afterAll(() => api.stop());

  const history = async (assetId: string) =>
    (await api.get(`dispatches?asset_ids=${assetId}&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z`).expect(200))
      .body.dispatches;
  const dead = async (query = '') => (await api.get(`dispatches/dead-letters?${query}`).expect(200)).body.dead_letters;

  describe('that is good', () => {
    it('becomes DISPATCH_SETPOINT = −target_power from dispatch_time to the end of the delivery period, priority 1', async () => {
      const asset = await api.asset();
      expect(await send(asset, command(asset, { dispatch_time: '2026-01-15T10:02:00Z' }))).toBe('APPLIED');
      expect(await api.event(`dispatch/${asset}/2026-01-15T10:00:00Z`)).toMatchObject({
        priority: 1,
        targets: [asset],
        intervalPeriod: { start: '2026-01-15T10:02:00Z', duration: 'PT15M' },
        payloadDescriptors: [{ payloadType: 'DISPATCH_SETPOINT', units: 'KW' }],
        intervals: [
          {
            id: 0,
            intervalPeriod: { start: '2026-01-15T10:02:00Z', duration: 'PT13M' },
            payloads: [{ type: 'DISPATCH_SETPOINT', values: [-5000] }],
          },
        ],
      });
    });

    it('is in a program that says the sign convention', async () => {
      const program = (await (await api.client('bl')).get('programs?limit=50')).body.find(
        (p: { programName: string }) => p.programName === 'dispatches',
      );
      expect(program.attributes).toContainEqual({ type: 'SIGN_CONVENTION', values: ['CONSUMPTION_POSITIVE'] });
      expect(program.payloadDescriptors).toMatchObject([{ payloadType: 'DISPATCH_SETPOINT', units: 'KW' }]);
    });

    it('of 0 is an order like any other; charging is positive there', async () => {
      const asset = await api.asset();
      await send(asset, command(asset, { target_power: { amount: '0', unit: 'kW' } }));
      expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', 0]]);
      const next = { delivery_period_start: '2026-01-15T10:15:00Z', dispatch_time: '2026-01-15T10:10:00Z' };
      await send(asset, command(asset, { ...next, target_power: mw('-2.5') }));
      expect(await ordered(api, asset, '2026-01-15T10:15:00Z')).toEqual([['10:10:00', 'PT20M', 2500]]);
    });

    it('is one event for each delivery period: the newest published_at wins, what was ordered before it takes effect stays', async () => {
      const asset = await api.asset();
      await send(asset, command(asset));
      const first = await api.event(`dispatch/${asset}/2026-01-15T10:00:00Z`);
      const later = { published_at: '2026-01-15T10:00:00Z', dispatch_time: '2026-01-15T10:06:00Z' };
      await send(asset, command(asset, { ...later, target_power: mw(3) }));
      expect(await ordered(api, asset)).toEqual([
        ['10:00:00', 'PT6M', -5000],
        ['10:06:00', 'PT9M', -3000],
      ]);
      const whole = { published_at: '2026-01-15T10:00:01Z', target_power: mw(1) };
      await send(asset, command(asset, whole));
      expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -1000]]);
      expect((await api.event(`dispatch/${asset}/2026-01-15T10:00:00Z`))?.id).toBe(first?.id);
    });

    it('that says the same as the one before changes no event', async () => {
      const asset = await api.asset();
      await send(asset, command(asset));
      const { events } = api.vtn.store.versions;
      expect(await send(asset, command(asset, { published_at: '2026-01-15T09:59:59Z' }))).toBe('APPLIED');
      expect(api.vtn.store.versions.events).toBe(events);
      expect(await history(asset)).toHaveLength(2);
    });

    it('published at the same instant as another one holds when it comes later', async () => {
      const asset = await api.asset();
      await send(asset, command(asset));
      expect(await send(asset, command(asset, { target_power: mw(2) }))).toBe('APPLIED');
      expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -2000]]);
    });

    it('goes with its asset, and so does its event', async () => {
      const asset = await api.asset();
      await send(asset, command(asset));
      await api.delete(`assets/${asset}`).expect(204);
      expect(await ordered(api, asset)).toBeUndefined();
      expect(await history(asset)).toEqual([]);
    });
  });

  it('that comes again with its event_id is ignored, whatever it says then', async () => {
    const asset = await api.asset();
    const first = command(asset);
    await send(asset, first);
    const again = { ...first, event_id: first.event_id.toUpperCase(), published_at: '2026-01-15T10:00:00Z' };
    expect(await send(asset, { ...again, target_power: mw(9) })).toBe('DUPLICATE');
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]);
    expect(await history(asset)).toHaveLength(1);
  });

  it('that was published before a known one is recorded but not applied, and marked so', async () => {
    const asset = await api.asset();
    await send(asset, command(asset));
    expect(await send(asset, command(asset, { published_at: '2026-01-15T09:59:29Z', target_power: mw(9) }))).toBe(
      'OUT_OF_ORDER',
    );
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]);
    expect((await history(asset)).map((row: { outcome: string }) => row.outcome)).toEqual(['OUT_OF_ORDER', 'APPLIED']);
    // Another delivery period has an order of its own.
    const next = { delivery_period_start: '2026-01-15T10:15:00Z', dispatch_time: '2026-01-15T10:15:00Z' };
    expect(await send(asset, command(asset, { ...next, published_at: '2026-01-15T09:00:00Z' }))).toBe('APPLIED');
  });

  it('for a delivery period that is over is recorded but not applied: what is past is not written anew', async () => {
    const asset = await api.asset();
    api.clock.set('2026-01-15T10:14:59.999Z');
    expect(await send(asset, command(asset))).toBe('APPLIED');
    api.clock.set('2026-01-15T10:15:00Z');
    const late = { published_at: '2026-01-15T10:14:00Z', target_power: mw(9) };
    expect(await send(asset, command(asset, late))).toBe('TOO_LATE');
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]);
    expect((await history(asset)).map((row: { outcome: string }) => row.outcome)).toEqual(['APPLIED', 'TOO_LATE']);
  });

  describe('goes to the dead letters with the reason and what was sent', () => {
    const lastDead = async () => (await dead('limit=1'))[0];
    it.each([
      ['broken JSON', () => '{"source": "desk"', 'NOT_JSON', /JSON/],
      ['nothing', () => '', 'NOT_JSON', /JSON/],
      ['another JSON value', () => '[1]', 'INVALID', /the message: expected an object/],
      ['a field missing', (a: string) => ({ ...command(a), source: undefined }), 'INVALID', /source: required/],
      ['an unknown field', (a: string) => command(a, { cancelled: true }), 'INVALID', /cancelled: unknown field/],
      ['control characters', (a: string) => command(a, { source: 'a\0' }), 'INVALID', /source/],
      ['no UUID', (a: string) => command(a, { event_id: '17' }), 'INVALID', /event_id: expected a UUID/],
      ['energy for power', (a: string) => command(a, { target_power: mwh(1) }), 'INVALID', /target_power\.unit/],
      ['no number', (a: string) => command(a, { target_power: mw('much') }), 'INVALID', /target_power\.amount/],
      ['too large a number', (a: string) => command(a, { target_power: mw(1e7) }), 'INVALID', /smaller amount/],
      ['an inexact number', (a: string) => JSON.stringify(command(a)).replace(':5,', ':1e400,'), 'INVALID', /double/],
      ['no offset', (a: string) => command(a, { dispatch_time: '2026-01-15T10:00:00' }), 'INVALID', /dispatch_time/],
      ['"now"', (a: string) => command(a, { dispatch_time: '0001-01-01T00:00:00Z' }), 'INVALID', /from 2000 to 2199/],
      ['no slot', (a: string) => command(a, { delivery_period_start: '2026-01-15T10:01:00Z' }), 'INVALID', /grid/],
      [
        'the period over',
        (a: string) => command(a, { dispatch_time: '2026-01-15T10:15:00Z' }),
        'INVALID',
        /within the/,
      ],
      ['far too early', (a: string) => command(a, { dispatch_time: '2026-01-15T08:59:59Z' }), 'INVALID', /an hour/],
      ['the future', (a: string) => command(a, { published_at: '2026-01-15T10:05:01Z' }), 'INVALID', /in the future/],
      [
        "another's asset_id",
        () => command('DE_50HZ_NO_1'),
        'ASSET_MISMATCH',
        /expected DE_50HZ_WU_\d+ as in the topic/,
      ],
      ['too many bytes', (a: string) => command(a, { source: 'x'.repeat(17_000) }), 'TOO_LARGE', /at most 16384 bytes/],
    ])('with %s', async (_name, message, reason, detail) => {
      const asset = await api.asset();
      const sent = message(asset);
      expect(await send(asset, sent)).toBe('DEAD');
      const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
      expect(await lastDead()).toMatchObject({
        topic: `ingest/dispatches/${asset}`,
        reason,
        detail: expect.stringMatching(detail),
        payload: text.slice(0, 16_384),
        encoding: 'utf-8',
        size_bytes: text.length,
        received_at: '2026-01-15T10:00:00Z',
      });
      expect(await history(asset)).toEqual([]);
      expect(await api.events()).not.toContainEqual(expect.objectContaining({ targets: [asset] }));
    });

    it('with an unknown asset', async () => {
      expect(await send('DE_50HZ_NO_1', command('DE_50HZ_NO_1'))).toBe('DEAD');
      expect(await lastDead()).toMatchObject({ reason: 'UNKNOWN_ASSET', detail: /DE_50HZ_NO_1/ });
    });

    it('with bytes that are no text, as base64; cut in a character where it is long', async () => {
      await send('DE_50HZ_WU_1', Buffer.from([0xff, 0x00, 0xc3]));
      expect(await lastDead()).toMatchObject({
        reason: 'NOT_JSON',
        payload: '/wDD',
        encoding: 'base64',
        size_bytes: 3,
      });
      await send('DE_50HZ_WU_1', `x${'ä'.repeat(10_000)}`);
      expect(await lastDead()).toMatchObject({
        payload: `x${'ä'.repeat(8_191)}`,
        encoding: 'utf-8',
        size_bytes: 20_001,
      });
    });

    it('with every fault at once', async () => {
      await send('DE_50HZ_WU_1', { ...command('DE_50HZ_WU_1'), source: '', event_id: 1, target_power: {} });
      const { detail } = await lastDead();
      expect(detail.split('; ')).toHaveLength(4);
    });

    it('of which the newest are kept, and which are filtered by reason', async () => {
      const before = (await lastDead()).id;
      await api.vtn.store.write(({ db }) =>
        db
          .updateTable('dispatch_dead_letters')
          .set({ seq: before + MAX_DEAD_LETTERS })
          .where('seq', '=', before)
          .execute(),
      );
      await send('DE_50HZ_WU_1', 'x');
      expect((await dead('limit=1000')).map((row: { id: number }) => row.id)).toEqual([
        before + MAX_DEAD_LETTERS + 1,
        before + MAX_DEAD_LETTERS,
      ]);
      expect(await dead('reasons=NOT_JSON,TOO_LARGE&limit=1&offset=1')).toEqual([]);
      expect(await dead('reasons=NOT_JSON')).toHaveLength(1);
    });
  });

  it('leaves nothing behind when it cannot be stored, and is taken when it comes again', async () => {
    const asset = await api.asset();
    const message = command(asset);
    const run = (statement: string) => api.vtn.store.write(({ db }) => sql.raw(statement).execute(db));
    await run(`create trigger full before insert on outbox begin select raise(abort, 'the disk is full'); end`);
    await expect(send(asset, message)).rejects.toThrow();
    await run('drop trigger full');
    expect(await history(asset)).toEqual([]);
    expect(await send(asset, message)).toBe('APPLIED');
    expect(await ordered(api, asset)).toEqual([['10:00:00', 'PT15M', -5000]]);
  });

  it('is counted by what became of it', () => {
    expect(inbox.counts).toEqual({
      APPLIED: expect.any(Number),
      OUT_OF_ORDER: 1,
      TOO_LATE: 1,
      DUPLICATE: 1,
      DEAD: expect.any(Number),
    });
    expect(inbox.counts.APPLIED).toBeGreaterThan(10);
    expect(inbox.counts.DEAD).toBeGreaterThan(20);
  });
});
