import type { Socket } from 'node:net';

/**
 * Destroys the connection as soon as a client announces an MQTT packet longer than the limit (fixed header, MQTT 3.1.1 2.2.3),
 * before its bytes are collected: the parser would keep up to 256 MB for each stranger. Subscribers send only small packets.
 * @returns a function that lifts the limit, for a client that turned out to be trusted
 */
export function limitPackets(socket: Socket, maxBytes: number): () => void {
  const scan = packetScanner(maxBytes);
  const read = socket.read.bind(socket);
  let limited = true;
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (limited && Buffer.isBuffer(chunk) && !scan(chunk)) {
      socket.destroy();
      return null;
    }
    return chunk;
  };
  return () => {
    limited = false;
  };
}

/** Follows the packets of one stream; returns false once a packet is too long or its length is malformed. */
export function packetScanner(maxBytes: number): (chunk: Uint8Array) => boolean {
  let state: 'type' | 'length' | 'content' = 'type';
  let remaining = 0;
  let factor = 1;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (state === 'type') {
        at += 1;
        state = 'length';
        remaining = 0;
        factor = 1;
      } else if (state === 'length') {
        const byte = chunk[at] ?? 0;
        at += 1;
        remaining += (byte & 0x7f) * factor;
        factor *= 128;
        const ends = (byte & 0x80) === 0;
        if (remaining > maxBytes || (!ends && factor === 128 ** 4)) return false;
        if (ends) state = remaining === 0 ? 'type' : 'content';
      } else {
        const taken = Math.min(remaining, chunk.length - at);
        at += taken;
        remaining -= taken;
        if (remaining === 0) state = 'type';
      }
    }
    return true;
  };
}
