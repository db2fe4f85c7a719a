import { ModbusException } from '../../../../ven-agent/bridges/modbus/exceptions.ts';
import { encodeFrame } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';
import { decodeRequest, encodeException, encodeResponse } from '../../../../ven-agent/bridges/modbus/pdu.ts';
import type { ModbusRequest } from '../../../../ven-agent/bridges/modbus/pdu.ts';
import type { ModbusUnit } from '../../../../ven-agent/bridges/modbus/server.ts';
import { startSlave } from '../modbus/slave.ts';

/** A simulated plant behind a slave that the test can watch and bend. */
export interface PlantSlave {
  url: string;
  plant: ModbusUnit;
  /** Every request, in order. */
  requests: ModbusRequest[];
  /** An exception code refuses the request, `silent` swallows it, `pretend` confirms a write that does nothing. */
  onRequest: ((request: ModbusRequest) => number | 'silent' | 'pretend' | undefined) | undefined;
  connections(): number;
  close(): Promise<void>;
}

export async function startPlantSlave(plant: ModbusUnit): Promise<PlantSlave> {
  const slave = await startSlave((frame, socket) => {
    const request = decodeRequest(frame.pdu);
    self.requests.push(request);
    const twist = self.onRequest?.(request);
    if (twist === 'silent') return;
    let pdu: Buffer;
    try {
      if (typeof twist === 'number') throw new ModbusException(twist);
      pdu = encodeResponse(request, twist === 'pretend' ? [] : serve(self.plant, request));
    } catch (error) {
      pdu = encodeException(request.functionCode, error instanceof ModbusException ? error.exceptionCode : 4);
    }
    socket.write(encodeFrame({ ...frame, pdu }));
  });
  const self: PlantSlave = {
    url: `tcp://127.0.0.1:${slave.port}`,
    plant,
    requests: [],
    onRequest: undefined,
    connections: () => slave.sockets.size,
    close: () => slave.close(),
  };
  return self;
}

function serve(plant: ModbusUnit, request: ModbusRequest): readonly number[] {
  if (request.functionCode === 3 || request.functionCode === 4) return plant.read(request.address, request.count);
  const values = request.functionCode === 6 ? [request.value] : request.values;
  plant.write(request.address, values, request.functionCode);
  return [];
}
