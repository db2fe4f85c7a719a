import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';
import type { MbapFrame } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';

const frames = fc.array(
  fc.record({
    transactionId: fc.integer({ min: 0, max: 0xffff }),
    unitId: fc.integer({ min: 0, max: 255 }),
    pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 6 },
);

describe('MBAP framing', () => {
  it('encodes the example of the implementation guide byte for byte', () => {
    const bytes = encodeFrame({ transactionId: 0x1501, unitId: 0xff, pdu: Buffer.from('0300040001', 'hex') });
    expect(bytes.toString('hex')).toBe('15010000' + '0006' + 'ff' + '0300040001');
  });

  it('gives back every frame of a stream, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 40 }), (sent, chunkBytes) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        const decoder = new FrameDecoder();
        const received: MbapFrame[] = [];
        for (let at = 0; at < stream.length; at += chunkBytes) {
          const { frames: some, fault } = decoder.push(stream.subarray(at, at + chunkBytes));
          expect(fault).toBeUndefined();
          received.push(...some);
        }
        expect(received).toEqual(sent);
      }),
    );
  });

  it('declares the stream broken at a wrong protocol id and stays dead', () => {
    const decoder = new FrameDecoder();
    expect(decoder.push(Buffer.from('00010007000301' + '0304', 'hex')).fault).toContain('protocol id 7');
    const good = encodeFrame({ transactionId: 1, unitId: 1, pdu: Buffer.from([3]) });
    expect(decoder.push(good)).toEqual({ frames: [], fault: 'protocol id 7 instead of 0' });
  });

  it.each(['0000', '0001', '00ff'])('declares the stream broken at the length field 0x%s', (length) => {
    const header = Buffer.from('00010000' + length + '01', 'hex');
    expect(new FrameDecoder().push(header).fault).toContain('length field');
  });

  it('refuses to encode an empty or oversized PDU', () => {
    expect(() => encodeFrame({ transactionId: 1, unitId: 1, pdu: Buffer.alloc(0) })).toThrow(RangeError);
    expect(() => encodeFrame({ transactionId: 1, unitId: 1, pdu: Buffer.alloc(254) })).toThrow(RangeError);
  });
});
