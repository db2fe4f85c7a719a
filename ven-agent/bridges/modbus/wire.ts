import { Socket } from 'node:net';
import type * as serial from 'serialport';
import { DeviceError } from '../device.ts';
import type { LineAddress, SerialAddress, TcpAddress } from './address.ts';

/** A connection that stands. */
export interface Wire {
  send(bytes: Buffer): void;
  /** Ends it at once; nothing is heard of it afterwards. */
  close(): void;
}

export interface WireEvents {
  onBytes(bytes: Buffer): void;
  /** It is gone, by itself. Once. */
  onLost(reason: string): void;
}

/** Makes the connection; rejects when that fails or the signal says so. */
export type Dial = (events: WireEvents, signal: AbortSignal) => Promise<Wire>;

/** How the line of this address is reached. Nothing is connected or loaded yet. */
export function dialOf(address: LineAddress): Dial {
  return address.kind === 'serial'
    ? (events, signal) => dialSerial(address, events, signal)
    : (events, signal) => dialTcp(address, events, signal);
}

function dialTcp({ host, port }: TcpAddress, events: WireEvents, signal: AbortSignal): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    let isWanted = true;
    let isUp = false;
    const end = (): void => {
      isWanted = false;
      socket.destroy();
    };
    const abort = (): void => {
      end();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    const lost = (reason: string): void => {
      if (!isWanted) return;
      end();
      // Where nothing stood yet, this is how the attempt ends; later the promise takes no notice.
      reject(new Error(reason));
      if (isUp) events.onLost(reason);
    };
    socket.on('error', (error) => lost(error.message));
    socket.on('close', () => lost('closed by the device'));
    socket.on('data', (bytes) => events.onBytes(bytes));
    socket.connect({ host, port, noDelay: true, keepAlive: true }, () => {
      isUp = true;
      signal.removeEventListener('abort', abort);
      resolve({ send: (bytes) => void socket.write(bytes), close: end });
    });
  });
}

async function dialSerial(address: SerialAddress, events: WireEvents, signal: AbortSignal): Promise<Wire> {
  const { path, baudRate, parity, dataBits, stopBits } = address;
  const { SerialPort } = await loadSerialPort();
  const port = new SerialPort({ path, baudRate, parity, dataBits, stopBits, autoOpen: false });
  let isWanted = true;
  const lost = (reason: string): void => {
    if (!isWanted) return;
    isWanted = false;
    if (port.isOpen) port.close(ignore);
    events.onLost(reason);
  };
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(error)));
  });
  port.on('error', (error) => lost(error.message));
  port.on('close', () => lost('the port is gone'));
  port.on('data', (bytes: Buffer) => {
    if (isWanted) events.onBytes(bytes);
  });
  const close = (): void => {
    isWanted = false;
    if (port.isOpen) port.close(ignore);
  };
  if (signal.aborted) {
    close();
    throw signal.reason as Error;
  }
  return { send: (bytes) => void port.write(bytes), close };
}

/** The package comes with native code and is optional: only a site with a serial line needs it. */
async function loadSerialPort(): Promise<typeof serial> {
  try {
    return await import('serialport');
  } catch (cause) {
    throw new DeviceError('NOT_SUPPORTED', 'serial lines need the package "serialport": npm install serialport@13', {
      cause,
    });
  }
}

function ignore(): void {
  // A port that cannot be closed is already gone.
}
