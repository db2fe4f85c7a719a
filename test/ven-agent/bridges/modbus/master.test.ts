import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';
import { ModbusMaster } from '../../../../ven-agent/bridges/modbus/master.ts';
import { registersOf, startSlave } from './slave.ts';
import type { Slave } from './slave.ts';

const clock = new ManualClock('2026-01-15T10:00:00Z');
const cleanUp: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function slaveOf(onFrame: Parameters<typeof startSlave>[0]): Promise<Slave> {
  const slave = await startSlave(onFrame);
  cleanUp.push(() => slave.close());
  return slave;
}

function masterOf(port: number, timeoutMs = 1_000): ModbusMaster {
  const master = new ModbusMaster({
    address: { kind: 'tcp', host: '127.0.0.1', port },
    clock,
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    timeoutMs,
  });
  cleanUp.push(() => master.close());
  return master;
}

describe('ModbusMaster', () => {
  it('never gives a late answer to the next request, and counts it', async () => {
    const held: Buffer[] = [];
    const slave = await slaveOf((frame, socket) => {
      if (slave.received.length === 1) held.push(registersOf(frame, 0xdead));
      else socket.write(Buffer.concat([...held.splice(0), registersOf(frame, 0x1234)]));
    });
    const master = masterOf(slave.port, 60);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ name: 'DeviceError', code: 'TIMEOUT' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([0x1234]);
    expect(master.counters(1)).toMatchObject({ requests: 2, timeouts: 1, lateReplies: 1, protocolErrors: 0 });
  });

  it('rejects what is on the wire and what waits at once when the device closes the connection', async () => {
    const slave = await slaveOf((_, socket) => socket.destroy());
    const master = masterOf(slave.port, 20_000);
    const started = performance.now();
    const results = await Promise.allSettled([master.readHolding(1, 0, 1), master.readHolding(2, 0, 1)]);
    expect(performance.now() - started).toBeLessThan(2_000);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNREACHABLE' } });
    }
  });

  it('rejects what is on the wire at once when it is closed, and everything after', async () => {
    const slave = await slaveOf(() => undefined);
    const master = masterOf(slave.port, 20_000);
    const pending = master.readHolding(1, 0, 1);
    await vi.waitFor(() => expect(slave.received).toHaveLength(1));
    master.close();
    await expect(pending).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('rejects requests at once when it is closed while it still connects', async () => {
    const slave = await slaveOf(() => undefined);
    const master = masterOf(slave.port, 20_000);
    const pending = master.readHolding(1, 0, 1);
    master.close();
    await expect(pending).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(slave.received).toHaveLength(0);
  });

  it('cancels the requests of one unit at once and goes on with the others on the same connection', async () => {
    const held: Buffer[] = [];
    const slave = await slaveOf((frame, socket) => {
      if (frame.unitId === 1) held.push(registersOf(frame, 0xdead));
      else socket.write(Buffer.concat([...held.splice(0), registersOf(frame, 2)]));
    });
    const master = masterOf(slave.port, 20_000);
    const mine = [master.readHolding(1, 0, 1), master.readHolding(1, 1, 1)];
    const other = master.readHolding(2, 0, 1);
    await vi.waitFor(() => expect(slave.received).toHaveLength(1));
    master.cancel(1);
    const outcomes = await Promise.allSettled(mine);
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.code)).toEqual(
      Array(2).fill('UNREACHABLE'),
    );
    await expect(other).resolves.toEqual([2]);
    expect(master.counters(1)).toMatchObject({ requests: 1, timeouts: 0, lateReplies: 1 });
    expect(slave.received.map((frame) => frame.unitId)).toEqual([1, 2]);
  });

  it('lets writes overtake fast reads and fast reads overtake slow ones, one request on the wire at a time', async () => {
    const waiting: (() => void)[] = [];
    const slave = await slaveOf((frame, socket) => {
      waiting.push(() => socket.write(encodeFrame({ ...frame, pdu: Buffer.from(frame.pdu.subarray(0, 5)) })));
      if (frame.pdu[0] === 3) waiting[waiting.length - 1] = () => socket.write(registersOf(frame, 7));
    });
    const master = masterOf(slave.port);
    const done = Promise.all([
      master.readHolding(1, 10, 1),
      master.readHolding(1, 20, 1, { priority: 'slow' }),
      master.readHolding(1, 30, 1),
      master.writeSingle(1, 40, 1),
      master.readHolding(1, 31, 1),
      master.writeMultiple(1, 41, [1, 2]),
    ]);
    for (let served = 0; served < 6; served += 1) {
      await vi.waitFor(() => expect(slave.received).toHaveLength(served + 1));
      waiting[served]?.();
    }
    await done;
    // All were asked for before the connection stood, so even the first read has to queue behind the writes.
    expect(slave.received.map((frame) => frame.pdu.readUInt16BE(1))).toEqual([40, 41, 10, 30, 31, 20]);
  });

  it('keeps the unit id with the request, not with the connection', async () => {
    const slave = await slaveOf((frame, socket) => socket.write(registersOf(frame, frame.unitId)));
    const master = masterOf(slave.port);
    const answers = await Promise.all([7, 200, 1].map((unitId) => master.readHolding(unitId, 0, 1)));
    expect(answers).toEqual([[7], [200], [1]]);
  });

  it.each([
    ['from another unit', (frame: Parameters<typeof registersOf>[0]) => registersOf({ ...frame, unitId: 9 }, 1)],
    [
      'of another function',
      (frame: Parameters<typeof registersOf>[0]) => encodeFrame({ ...frame, pdu: Buffer.from('04020001', 'hex') }),
    ],
    [
      'with another byte count',
      (frame: Parameters<typeof registersOf>[0]) => encodeFrame({ ...frame, pdu: Buffer.from('030400010002', 'hex') }),
    ],
  ])('rejects an answer %s and goes on with the next request', async (_, bad) => {
    const slave = await slaveOf((frame, socket) =>
      socket.write(slave.received.length === 1 ? bad(frame) : registersOf(frame, 5)),
    );
    const master = masterOf(slave.port);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'PROTOCOL' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    expect(master.counters(1)).toMatchObject({ protocolErrors: 1, reconnects: 0 });
  });

  it('counts an answer with a transaction id that nobody used, and waits for the right one', async () => {
    const slave = await slaveOf((frame, socket) => {
      socket.write(registersOf({ ...frame, transactionId: frame.transactionId ^ 0x8000 }, 0xdead));
      socket.write(registersOf(frame, 6));
    });
    const master = masterOf(slave.port);
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([6]);
    expect(master.counters(1).protocolErrors).toBe(1);
  });

  it('gives up the connection on bytes that are not Modbus, and reconnects', async () => {
    const slave = await slaveOf((frame, socket) =>
      socket.write(slave.received.length === 2 ? Buffer.from('HTTP/1.1 400 Bad Request') : registersOf(frame, 5)),
    );
    const master = masterOf(slave.port);
    await master.readHolding(1, 0, 1);
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'PROTOCOL' });
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    expect(master.counters(1)).toMatchObject({ protocolErrors: 1, reconnects: 1 });
  });

  it('puts an answer together that arrives byte by byte, and times out on one that stops in the middle', async () => {
    const slave = await slaveOf((frame, socket) => {
      const bytes = registersOf(frame, 0xabcd);
      if (slave.received.length === 1) for (const byte of bytes) socket.write(Buffer.from([byte]));
      else socket.write(bytes.subarray(0, 8));
    });
    const master = masterOf(slave.port, 200);
    await expect(master.readHolding(1, 0, 2)).resolves.toEqual([0xabcd, 0xabcd]);
    await expect(master.readHolding(1, 0, 2)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('gives a request one answer, and the next one none of what came with it', async () => {
    const slave = await slaveOf((frame, socket) => {
      const isFirst = slave.received.length === 1;
      const answer = registersOf(frame, isFirst ? 1 : 2);
      socket.write(isFirst ? Buffer.concat([answer, registersOf(frame, 0xdead)]) : answer);
    });
    const master = masterOf(slave.port);
    const answers = await Promise.all([1, 2].map(() => master.readHolding(1, 0, 1)));
    expect(answers).toEqual([[1], [2]]);
    expect(master.counters(1).protocolErrors).toBe(1);
  });

  it('names the exception and counts it', async () => {
    const slave = await slaveOf((frame, socket) =>
      socket.write(encodeFrame({ ...frame, pdu: Buffer.from([0x83, 6]) })),
    );
    const master = masterOf(slave.port);
    await expect(master.readHolding(3, 100, 4)).rejects.toMatchObject({
      code: 'EXCEPTION',
      exceptionCode: 6,
      message: 'FC03 100+4 refused with exception 6 SERVER_DEVICE_BUSY',
    });
    expect(master.counters(3)).toMatchObject({ exceptions: 1, protocolErrors: 0 });
  });

  it('gives up a connection on which three requests in a row heard nothing', async () => {
    const slave = await slaveOf((frame, socket) => {
      if (slave.received.length !== 2 && slave.received.length !== 3 && slave.received.length !== 4) {
        socket.write(registersOf(frame, 5));
      }
    });
    const master = masterOf(slave.port, 40);
    await master.readHolding(1, 0, 1);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => master.readHolding(1, 0, 1)));
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.code)).toEqual(Array(3).fill('TIMEOUT'));
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([5]);
    expect(master.counters(1)).toMatchObject({ timeouts: 3, reconnects: 1 });
  });

  it('fails at once during the back-off, tries again after it, and recovers', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const master = masterOf(port);
    await expect(master.readHolding(1, 0, 1)).rejects.toThrow('ECONNREFUSED');
    await expect(master.readHolding(1, 0, 1)).rejects.toThrow('is tried again in 1 s');
    clock.advance(600);
    await expect(master.readHolding(1, 0, 1)).rejects.toThrow('ECONNREFUSED');
    clock.advance(10_000);
    probe.on('connection', (socket) => {
      cleanUp.push(() => void socket.destroy());
      socket.on('data', (chunk) =>
        socket.write(registersOf({ transactionId: chunk.readUInt16BE(0), unitId: 1, pdu: chunk.subarray(7) }, 9)),
      );
    });
    await new Promise<void>((resolve) => probe.listen(port, '127.0.0.1', resolve));
    cleanUp.push(() => new Promise<void>((resolve) => probe.close(() => resolve())));
    await expect(master.readHolding(1, 0, 1)).resolves.toEqual([9]);
  });

  it('does not let a request wait in the line for ever', async () => {
    const slave = await slaveOf((frame, socket) => {
      if (frame.unitId === 2) socket.write(registersOf(frame, 1));
    });
    const master = masterOf(slave.port, 30);
    const stuck = Promise.allSettled(Array.from({ length: 20 }, () => master.readHolding(1, 0, 1)));
    await expect(master.readHolding(2, 0, 1, { priority: 'slow' })).rejects.toMatchObject({ name: 'DeviceError' });
    await stuck;
    expect(master.counters(2).requests).toBe(0);
  });
});
