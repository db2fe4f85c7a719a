import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModbusMaster } from '../../../../ven-agent/bridges/modbus/master.ts';
import { MasterPool } from '../../../../ven-agent/bridges/modbus/pool.ts';
import { encodeRtu } from '../../../../ven-agent/bridges/modbus/rtu-frame.ts';
import { rtuRegisters, startRtuSlave } from './rtu-slave.ts';
import type { RtuSlave } from './rtu-slave.ts';

let clock: ManualClock;
const cleanUp: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  clock = new ManualClock('2026-01-15T10:00:00Z');
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function slaveOf(onRequest: Parameters<typeof startRtuSlave>[0]): Promise<RtuSlave> {
  const slave = await startRtuSlave(onRequest);
  cleanUp.push(() => slave.close());
  return slave;
}

function masterOf(port: number, timeoutMs = 1_000): ModbusMaster {
  const master = new ModbusMaster({
    address: { kind: 'rtu+tcp', host: '127.0.0.1', port },
    clock,
    random: () => 0,
    log: pino({ level: 'silent' }),
    timeoutMs,
  });
  cleanUp.push(() => master.close());
  return master;
}

function functionCodes(slave: RtuSlave): number[] {
  return slave.received.map(({ pdu }) => pdu.readUInt8(0));
}

const refusal = (unitId: number, functionCode: number, code: number): Buffer =>
  encodeRtu({ unitId, pdu: Buffer.from([functionCode | 0x80, code]) });

describe('a master of RTU frames', () => {
  it('reads and writes', async () => {
    const slave = await slaveOf((request, socket) => {
      const isRead = request.pdu.readUInt8(0) < 6;
      socket.write(isRead ? rtuRegisters(request, 7) : encodeRtu({ ...request, pdu: request.pdu.subarray(0, 5) }));
    });
    const master = masterOf(slave.port);
    expect(await master.readHolding(1, 40_000, 125)).toEqual(Array(125).fill(7));
    expect(await master.readInput(2, 0, 1)).toEqual([7]);
    await master.writeSingle(3, 1, 2);
    await master.writeMultiple(4, 1, [1, 2, 3]);
    expect(slave.received.map(({ unitId }) => unitId)).toEqual([1, 2, 3, 4]);
  });

  it('never gives a late answer to the next request, however late it comes', async () => {
    // The slave is always one answer behind: what it answers to a request is what it owes to the one before.
    let owed: Buffer | undefined;
    let values = 0;
    const slave = await slaveOf((request, socket) => {
      values += 1;
      const answer = request.pdu.readUInt8(0) === 3 ? rtuRegisters(request, values) : refusal(1, 4, 1);
      if (owed !== undefined) socket.write(owed);
      owed = answer;
    });
    const master = masterOf(slave.port, 40);
    const seen: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      clock.advance(5_000);
      await master.readHolding(1, 0, 1).then(
        ([value]) => seen.push(value ?? -1),
        () => undefined,
      );
    }
    expect(seen).toEqual([]);
    expect(master.counters(1).lateReplies).toBeGreaterThan(0);
  });

  it('asks a unit that owes an answer for something unmistakable first, and then for what is wanted', async () => {
    let owed: Buffer | undefined;
    const slave = await slaveOf((request, socket) => {
      if (slave.received.length === 1) owed = rtuRegisters(request, 0xdead);
      else if (request.pdu.readUInt8(0) === 4) socket.write(Buffer.concat([owed ?? Buffer.alloc(0), refusal(1, 4, 1)]));
      else socket.write(rtuRegisters(request, 0x1234));
    });
    const master = masterOf(slave.port, 60);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ name: 'DeviceError', code: 'TIMEOUT' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([0x1234]);
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([0x1234]);
    expect(functionCodes(slave)).toEqual([3, 4, 3, 3]);
    expect(master.counters(1)).toMatchObject({ timeouts: 1, lateReplies: 1, protocolErrors: 0 });
  });

  it('counts a late answer that comes while nobody is asked, and then owes nothing', async () => {
    const slave = await slaveOf((request, socket) => {
      if (slave.received.length > 1) socket.write(rtuRegisters(request, 2));
    });
    const master = masterOf(slave.port, 40);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const [first] = slave.received;
    for (const socket of slave.sockets) if (first !== undefined) socket.write(rtuRegisters(first, 1));
    await vi.waitFor(() => expect(master.counters(1).lateReplies).toBe(1));
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([2]);
    expect(functionCodes(slave)).toEqual([3, 3]);
  });

  it('leaves a unit that answers nothing alone for 10 s, and others are served meanwhile', async () => {
    let isDead = true;
    const slave = await slaveOf((request, socket) => {
      if (request.unitId === 2 || !isDead) socket.write(rtuRegisters(request, request.unitId));
    });
    const master = masterOf(slave.port, 40);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
      await expect(master.readHolding(2, 0, 1)).resolves.toEqual([2]);
    }
    await expect(master.readHolding(1, 0, 1)).rejects.toThrow('asked again in 10 s');
    const before = slave.received.length;
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(slave.received).toHaveLength(before);
    isDead = false;
    clock.advance(10_000);
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([1]);
    expect(master.counters(2)).toMatchObject({ timeouts: 0, protocolErrors: 0 });
  });

  it('does not leave a unit alone for longer because the clock was set back', async () => {
    const slave = await slaveOf((request, socket) => {
      if (slave.received.length > 2) socket.write(rtuRegisters(request, 1));
    });
    const master = masterOf(slave.port, 30);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    }
    clock.advance(-3_600_000);
    await expect(master.readHolding(1, 0, 1)).rejects.toThrow('asked again in 10 s');
    clock.advance(10_000);
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([1]);
  });

  it.each([
    ['whose checksum is wrong', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([0x5a])]), 0],
    ['that is cut off', (bytes: Buffer) => bytes.subarray(0, -2), 0],
    ['of another unit', (bytes: Buffer) => encodeRtu({ unitId: 9, pdu: bytes.subarray(1, -2) }), 1],
    ['of another function', () => encodeRtu({ unitId: 1, pdu: Buffer.from('04020001', 'hex') }), 1],
  ])('never takes an answer %s', async (_, spoil, strays) => {
    const slave = await slaveOf((request, socket) => {
      if (request.pdu.readUInt8(0) === 4) socket.write(refusal(1, 4, 1));
      else if (slave.received.length === 1) socket.write(spoil(rtuRegisters(request, 0xdead)));
      else socket.write(rtuRegisters(request, 5));
    });
    const master = masterOf(slave.port, 60);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    const counted = master.counters(1).protocolErrors + master.counters(9).protocolErrors;
    expect(counted).toBe(strays);
    expect(master.noiseBytes > 0).toBe(strays === 0);
  });

  it('rejects an answer with another byte count, and trusts the unit again only after a probe', async () => {
    const slave = await slaveOf((request, socket) => {
      if (slave.received.length === 1) socket.write(encodeRtu({ unitId: 1, pdu: Buffer.from('030400010002', 'hex') }));
      else socket.write(rtuRegisters(request, 5));
    });
    const master = masterOf(slave.port);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'PROTOCOL' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    expect(functionCodes(slave)).toEqual([3, 4, 3]);
  });

  it('takes an answer that comes byte by byte behind noise', async () => {
    const slave = await slaveOf((request, socket) => {
      for (const byte of [0xff, 0x00, ...rtuRegisters(request, 0xabcd)]) socket.write(Buffer.from([byte]));
    });
    const master = masterOf(slave.port);
    await expect(master.readHolding(1, 0, 2)).resolves.toEqual([0xabcd, 0xabcd]);
    expect(master.noiseBytes).toBe(2);
  });

  it('rejects what waits when the line never falls silent after a lost answer', async () => {
    const slave = await slaveOf((_, socket) => {
      const babble = setInterval(() => socket.write(Buffer.alloc(7, 0xff)), 5);
      cleanUp.push(() => clearInterval(babble));
    });
    const master = masterOf(slave.port, 100);
    const outcomes = await Promise.allSettled([master.readHolding(1, 0, 1), master.readHolding(2, 0, 1)]);
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.message)).toEqual([
      'FC03 0+1 of unit 1: no answer within 100 ms',
      'FC03 0+1: the line stayed busy',
    ]);
    expect(slave.received).toHaveLength(1);
    expect(master.noiseBytes).toBeGreaterThan(0);
  });

  it('gives a request one answer, and the next one none of what came with it', async () => {
    const slave = await slaveOf((request, socket) => {
      const isFirst = slave.received.length === 1;
      const answer = rtuRegisters(request, isFirst ? 1 : 2);
      socket.write(isFirst ? Buffer.concat([answer, rtuRegisters(request, 0xdead)]) : answer);
    });
    const master = masterOf(slave.port);
    const answers = await Promise.all([1, 2].map(() => master.readHolding(1, 0, 1)));
    expect(answers).toEqual([[1], [2]]);
    expect(master.counters(1).protocolErrors).toBe(1);
  });

  it('is made anew with what the one before it was still owed', async () => {
    let owed: Buffer | undefined;
    const slave = await slaveOf((request, socket) => {
      if (slave.received.length === 1) owed = rtuRegisters(request, 0xdead);
      else if (request.pdu.readUInt8(0) === 4) socket.write(Buffer.concat([owed ?? Buffer.alloc(0), refusal(1, 4, 1)]));
      else socket.write(rtuRegisters(request, 5));
    });
    const pool = new MasterPool();
    const address = { kind: 'rtu+tcp' as const, host: '127.0.0.1', port: slave.port };
    const acquire = () =>
      pool.acquire({ address, clock, random: () => 0, log: pino({ level: 'silent' }), timeoutMs: 60 });
    const first = acquire();
    await expect(first.master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    first.release();
    const second = acquire();
    cleanUp.push(() => second.release());
    await expect(second.master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    expect(second.master.counters(1)).toMatchObject({ timeouts: 1, lateReplies: 1, reconnects: 1 });
  });

  it('names the exception', async () => {
    const slave = await slaveOf((request, socket) => socket.write(refusal(request.unitId, 3, 6)));
    const master = masterOf(slave.port);
    await expect(master.readHolding(3, 100, 4)).rejects.toMatchObject({ code: 'EXCEPTION', exceptionCode: 6 });
    expect(master.counters(3)).toMatchObject({ exceptions: 1, requests: 1 });
  });

  it('lets nobody speak before the answer to a cancelled request came, which nobody gets', async () => {
    const waiting: (() => void)[] = [];
    const slave = await slaveOf((request, socket) => {
      waiting.push(() => socket.write(rtuRegisters(request, request.unitId)));
    });
    const master = masterOf(slave.port, 20_000);
    const cancelled = master.readHolding(1, 0, 1);
    const other = master.readHolding(2, 0, 1);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    master.cancel(1);
    await expect(cancelled).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const again = master.readHolding(1, 0, 1);
    expect(slave.received).toHaveLength(1);
    waiting[0]?.();
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.();
    await expect(other).resolves.toEqual([2]);
    await vi.waitFor(() => expect(waiting).toHaveLength(3));
    waiting[2]?.();
    await expect(again).resolves.toEqual([1]);
  });

  it('rejects at once when the device server closes the connection, and does not believe what it owes afterwards', async () => {
    const slave = await slaveOf((request, socket) => {
      if (slave.received.length === 1) socket.destroy();
      else if (request.pdu.readUInt8(0) === 4) socket.write(refusal(1, 4, 1));
      else socket.write(rtuRegisters(request, 5));
    });
    const master = masterOf(slave.port, 20_000);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    expect(functionCodes(slave)).toEqual([3, 4, 3]);
  });
});
