/** Where a Modbus line is: read from the `url` of a device. Pure. */

export interface TcpAddress {
  /** Modbus TCP, or RTU frames through a device that passes bytes of a serial line on. */
  kind: 'tcp' | 'rtu+tcp';
  host: string;
  port: number;
}

export interface SerialAddress {
  kind: 'serial';
  /** e.g. /dev/ttyUSB0 */
  path: string;
  baudRate: number;
  parity: 'none' | 'even' | 'odd';
  dataBits: 7 | 8;
  stopBits: 1 | 2;
}

export type LineAddress = TcpAddress | SerialAddress;

const FORMS = 'tcp://host:port, rtu+tcp://host:port or serial:///dev/ttyUSB0?baudRate=9600&parity=none&stopBits=1';
const SERIAL_CHOICES = { parity: ['none', 'even', 'odd'], dataBits: ['7', '8'], stopBits: ['1', '2'] } as const;

/**
 * Reads `tcp://host[:502]`, `rtu+tcp://host[:502]` or `serial:///dev/...`, whose settings are 9600 baud, no parity, 8 data
 * bits and 1 stop bit (SunSpec's usual ones) unless its query says otherwise. Throws `RangeError` saying what is wrong.
 */
export function parseLineAddress(url: string): LineAddress {
  if (url.startsWith('serial:')) return parseSerial(url);
  const match = /^(tcp|rtu\+tcp):\/\/(\[[0-9a-fA-F:.]+\]|[^\s/:@?#]+)(?::(\d{1,5}))?\/?$/.exec(url);
  const port = Number(match?.[3] ?? 502);
  const host = match?.[2]?.replace(/^\[|\]$/g, '');
  if (host === undefined || port < 1 || port > 65_535) throw new RangeError(`"${url}" is not ${FORMS}`);
  return { kind: match?.[1] === 'tcp' ? 'tcp' : 'rtu+tcp', host, port };
}

function parseSerial(url: string): SerialAddress {
  const match = /^serial:\/\/(\/[^\s?#]+)(?:\?([^\s#]*))?$/.exec(url);
  const path = match?.[1];
  if (path === undefined) throw new RangeError(`"${url}" is not ${FORMS}`);
  const query = new URLSearchParams(match?.[2] ?? '');
  for (const key of query.keys()) {
    if (key !== 'baudRate' && !(key in SERIAL_CHOICES)) {
      throw new RangeError(`"${url}": ${key} is none of baudRate, parity, dataBits, stopBits`);
    }
  }
  const choice = <Key extends keyof typeof SERIAL_CHOICES>(key: Key, usual: (typeof SERIAL_CHOICES)[Key][number]) => {
    const choices: readonly string[] = SERIAL_CHOICES[key];
    const chosen = query.get(key) ?? usual;
    if (!choices.includes(chosen)) throw new RangeError(`"${url}": ${key} is none of ${choices.join(', ')}`);
    return chosen as (typeof SERIAL_CHOICES)[Key][number];
  };
  const baudRate = Number(query.get('baudRate') ?? 9_600);
  if (!Number.isInteger(baudRate) || baudRate < 300 || baudRate > 4_000_000) {
    throw new RangeError(`"${url}": baudRate is not a whole number from 300 to 4000000`);
  }
  return {
    kind: 'serial',
    path,
    baudRate,
    parity: choice('parity', 'none'),
    dataBits: choice('dataBits', '8') === '7' ? 7 : 8,
    stopBits: choice('stopBits', '1') === '2' ? 2 : 1,
  };
}

/** The one piece of hardware behind an address: `host:port` or the path. Who shares it shares one line. */
export function placeOf(address: LineAddress): string {
  return address.kind === 'serial' ? address.path : `${address.host}:${address.port}`;
}

/** Do two addresses of one place mean the same line, with the same protocol and settings? */
export function isSameLine(one: LineAddress, other: LineAddress): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Ids by which a unit can be asked on such a line: a serial line keeps 0 for broadcasts, which nobody answers. */
export function unitIdRange(address: LineAddress): readonly [least: number, most: number] {
  return address.kind === 'tcp' ? [0, 255] : [1, 247];
}
