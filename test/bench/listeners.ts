import { connect, type Socket } from 'node:net';

/** As little of a subscriber as can be, so that a thousand of them in one process do not slow down what is measured. */
export interface BenchListener {
  /** Resolves when it is told what happens. */
  ready: Promise<void>;
  close(): void;
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** An MQTT 3.1.1 packet (2.2). */
function packet(firstByte: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length, more = true; more; left >>= 7) {
    more = left > 127;
    length.push((left & 0x7f) | (more ? 0x80 : 0));
  }
  return Buffer.concat([Buffer.from([firstByte, ...length]), body]);
}

/** Subscribes with QoS 1 and acknowledges what comes. */
export function listenMqtt(url: string, token: string, filter: string, onMessage: () => void): BenchListener {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  // User name, password, clean session; keep alive 300 s.
  socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 0xc2, 1, 44]), text(''), text('bench'), text(token)));
  let rest = Buffer.alloc(0);
  const ready = new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('the broker closed the connection')));
    socket.on('data', (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let size = packetSize(rest); size !== undefined && size.total <= rest.length; size = packetSize(rest)) {
        const [type = 0] = rest;
        if (type >> 4 === 2) socket.write(packet(0x82, Buffer.from([0, 1]), text(filter), Buffer.from([1])));
        else if (type >> 4 === 9) resolve();
        else if (type >> 4 === 3) {
          const at = size.header + 2 + rest.readUInt16BE(size.header);
          onMessage();
          socket.write(packet(0x40, Buffer.from(rest.subarray(at, at + 2))));
        }
        rest = rest.subarray(size.total);
      }
    });
  });
  return { ready, close: () => socket.destroy() };
}

function packetSize(bytes: Buffer): { header: number; total: number } | undefined {
  let length = 0;
  for (let i = 1; i <= 4; i += 1) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) << (7 * (i - 1));
    if ((byte & 0x80) === 0) return { header: i + 1, total: i + 1 + length };
  }
  return undefined;
}

/** Follows the event feed. */
export function listenFeed(url: string, token: string, onMessage: () => void): BenchListener {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  socket.write(`GET /feeds/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  const ready = new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('the server closed the feed')));
    socket.setEncoding('latin1');
    let isReady = false;
    socket.on('data', (chunk: unknown) => {
      const part = String(chunk);
      if (!isReady && part.includes('event: ready')) {
        isReady = true;
        resolve();
      } else if (part.includes('"objectType":"EVENT"')) onMessage();
    });
  });
  return { ready, close: () => socket.destroy() };
}
