import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import jsmodbus from 'jsmodbus';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import modbusSerial from 'modbus-serial';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { ModbusException } from '../../../../ven-agent/bridges/modbus/exceptions.ts';
import { ModbusMaster } from '../../../../ven-agent/bridges/modbus/master.ts';
import { ModbusTcpServer } from '../../../../ven-agent/bridges/modbus/server.ts';
import type { ModbusUnit } from '../../../../ven-agent/bridges/modbus/server.ts';

const cleanUp: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A unit with the registers 100..199. */
function hundredRegisters(): ModbusUnit & { registers: number[] } {
  const registers = Array.from({ length: 100 }, (_, index) => 1_000 + index);
  const check = (address: number, count: number): void => {
    if (address < 100 || address + count > 200) throw new ModbusException(2);
  };
  return {
    registers,
    read: (address, count) => {
      check(address, count);
      return registers.slice(address - 100, address - 100 + count);
    },
    write: (address, values) => {
      check(address, values.length);
      registers.splice(address - 100, values.length, ...values);
    },
  };
}

async function serverWith(units: Map<number, ModbusUnit>): Promise<ModbusTcpServer & { port: number }> {
  const server = new ModbusTcpServer({ host: '127.0.0.1', port: 0, units });
  const { port } = await server.start();
  cleanUp.push(() => server.stop());
  return Object.assign(server, { port });
}

describe('our server under the modbus-serial client', () => {
  it('serves FC03, FC04, FC06 and FC16 of several units', async () => {
    const one = hundredRegisters();
    const two = hundredRegisters();
    const { port } = await serverWith(
      new Map([
        [1, one],
        [2, two],
      ]),
    );
    const client = new modbusSerial.default();
    await client.connectTCP('127.0.0.1', { port });
    cleanUp.push(() => new Promise((resolve) => client.close(resolve)));
    client.setID(1);
    expect((await client.readHoldingRegisters(100, 3)).data).toEqual([1_000, 1_001, 1_002]);
    await client.writeRegister(101, 65_535);
    await client.writeRegisters(198, [7, 8]);
    expect((await client.readInputRegisters(101, 1)).data).toEqual([65_535]);
    expect(one.registers.slice(98)).toEqual([7, 8]);
    client.setID(2);
    expect((await client.readHoldingRegisters(101, 1)).data).toEqual([1_001]);
    await expect(client.readHoldingRegisters(199, 2)).rejects.toMatchObject({ modbusCode: 2 });
    client.setID(3);
    await expect(client.readHoldingRegisters(100, 1)).rejects.toMatchObject({ modbusCode: 11 });
  });

  it('answers with the exception and cuts connections when it is told to misbehave', async () => {
    const server = await serverWith(new Map([[1, hundredRegisters()]]));
    const master = new ModbusMaster({
      address: { kind: 'tcp', host: '127.0.0.1', port: server.port },
      clock: systemClock,
      random: () => 0,
      log: pino({ level: 'silent' }),
      timeoutMs: 100,
    });
    cleanUp.push(() => master.close());
    server.setFault({ kind: 'exception', exceptionCode: 4 });
    await expect(master.readHolding(1, 100, 1)).rejects.toMatchObject({ exceptionCode: 4 });
    server.setFault({ kind: 'stall', delayMs: 150 });
    await expect(master.readHolding(1, 100, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    server.setFault({ kind: 'drop' });
    await expect(master.readHolding(1, 100, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    server.setFault({ kind: 'none' });
    await expect(master.readHolding(1, 100, 1)).resolves.toEqual([1_000]);
  });
});

describe('our master over a jsmodbus server', () => {
  it('reads and writes its registers', async () => {
    const holding = Buffer.alloc(400);
    holding.writeUInt16BE(0x5375, 0);
    const net = createServer();
    const peer = new jsmodbus.server.TCP(net, { holding, input: holding });
    expect(peer.holding).toBe(holding);
    await new Promise<void>((resolve) => net.listen(0, '127.0.0.1', resolve));
    const master = new ModbusMaster({
      address: { kind: 'tcp', host: '127.0.0.1', port: (net.address() as AddressInfo).port },
      clock: systemClock,
      random: () => 0,
      log: pino({ level: 'silent' }),
    });
    cleanUp.push(() => new Promise((resolve) => net.close(resolve)));
    cleanUp.push(() => master.close());
    expect(await master.readHolding(1, 0, 2)).toEqual([0x5375, 0]);
    await master.writeSingle(1, 1, 0x6e53);
    await master.writeMultiple(
      1,
      2,
      Array.from({ length: 123 }, (_, index) => index),
    );
    expect(await master.readHolding(1, 1, 3)).toEqual([0x6e53, 0, 1]);
    expect(await master.readInput(1, 0, 125)).toHaveLength(125);
  });
});
