import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../ven-agent/bridges/modbus/framing.ts';
import { crc16, encodeRtu, RtuDecoder } from '../../../../ven-agent/bridges/modbus/rtu-frame.ts';
import { frameGapMs } from '../../../../ven-agent/bridges/modbus/rtu.ts';

const register = fc.integer({ min: 0, max: 0xffff });
const pdu = fc.oneof(
  fc
    .tuple(fc.constantFrom(3, 4), fc.array(register, { minLength: 1, maxLength: 125 }))
    .map(([code, words]) =>
      Buffer.from([code, 2 * words.length, ...words.flatMap((word) => [word >> 8, word & 0xff])]),
    ),
  fc.tuple(fc.constantFrom(6, 16), fc.uint8Array({ minLength: 4, maxLength: 4 })).map(([code, rest]) => {
    return Buffer.from([code, ...rest]);
  }),
  fc.tuple(fc.constantFrom(0x83, 0x84, 0x86, 0x90), fc.integer({ min: 1, max: 11 })).map((bytes) => Buffer.from(bytes)),
);
const answers = fc.array(fc.record({ unitId: fc.integer({ min: 1, max: 247 }), pdu }), { maxLength: 5 });

describe('RTU framing', () => {
  it('computes the CRC of the standard, low byte first', () => {
    expect(crc16(Buffer.from('0207', 'hex'))).toBe(0x1241);
    const bytes = encodeRtu({ unitId: 1, pdu: Buffer.from('0300000001', 'hex') });
    expect(bytes.toString('hex')).toBe('010300000001840a');
  });

  it('gives back every answer of a stream, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 40 }), (sent, chunkBytes) => {
        const stream = Buffer.concat(sent.map(encodeRtu));
        const decoder = new RtuDecoder();
        const received: Message[] = [];
        for (let at = 0; at < stream.length; at += chunkBytes) {
          received.push(...decoder.push(stream.subarray(at, at + chunkBytes)));
        }
        expect(received).toEqual(sent);
        expect(decoder.noiseBytes).toBe(0);
      }),
    );
  });

  it('waits for an answer whose registers look like an answer themselves', () => {
    const inner = encodeRtu({ unitId: 7, pdu: Buffer.from('8302', 'hex') });
    const answer = { unitId: 1, pdu: Buffer.concat([Buffer.from('0308', 'hex'), inner, Buffer.from('000000', 'hex')]) };
    const bytes = encodeRtu(answer);
    const decoder = new RtuDecoder();
    expect(decoder.push(bytes.subarray(0, -1))).toEqual([]);
    expect(decoder.push(bytes.subarray(-1))).toEqual([answer]);
    expect(decoder.noiseBytes).toBe(0);
  });

  it('finds an answer behind noise, and counts the noise', () => {
    const decoder = new RtuDecoder();
    const answer = { unitId: 3, pdu: Buffer.from('03020102', 'hex') };
    // 0x00 and 0xff are what an idle or switching line often yields.
    expect(decoder.push(Buffer.concat([Buffer.from('00ff03', 'hex'), encodeRtu(answer)]))).toEqual([answer]);
    expect(decoder.noiseBytes).toBe(3);
  });

  it('never gives out a frame of which a bit is wrong', () => {
    fc.assert(
      fc.property(fc.record({ unitId: fc.constant(1), pdu }), fc.nat(), (answer, seed) => {
        const bytes = encodeRtu(answer);
        const bit = seed % (8 * bytes.length);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(new RtuDecoder().push(bytes)).toEqual([]);
      }),
      { seed: 20_260_115 },
    );
  });

  it('throws away what has not become a frame when the line falls silent', () => {
    const decoder = new RtuDecoder();
    const answer = { unitId: 3, pdu: Buffer.from('03020102', 'hex') };
    expect(decoder.push(encodeRtu(answer).subarray(0, 5))).toEqual([]);
    decoder.reset();
    expect(decoder.noiseBytes).toBe(5);
    expect(decoder.push(encodeRtu(answer).subarray(5))).toEqual([]);
  });

  it('remembers no more than one frame of noise', () => {
    const decoder = new RtuDecoder();
    decoder.push(Buffer.alloc(10_000, 0xff));
    expect(decoder.noiseBytes).toBe(10_000 - 256);
  });

  it.each([
    [1_200, 33],
    [9_600, 5],
    [19_200, 3],
    [115_200, 2],
  ])('keeps 3.5 characters of silence between frames at %i baud, at least 1.75 ms', (baudRate, ms) => {
    expect(frameGapMs(baudRate)).toBe(ms);
  });
});
