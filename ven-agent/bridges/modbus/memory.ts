import type { LineAddress } from './address.ts';
import { CounterBook } from './counters.ts';
import type { Framing } from './framing.ts';
import { MbapFraming } from './mbap.ts';
import { frameGapMs, RtuFraming } from './rtu.ts';

/** What outlives the master of a line: what was counted, and which units still owe answers that may come to the next one. */
export class LineMemory {
  readonly counters = new CounterBook();
  readonly framing: Framing;

  constructor(address: LineAddress) {
    this.framing = framingOf(address);
  }
}

function framingOf(address: LineAddress): Framing {
  switch (address.kind) {
    case 'tcp':
      return new MbapFraming();
    case 'rtu+tcp':
      // Whoever passes the bytes on keeps the frames apart on the line.
      return new RtuFraming(0);
    case 'serial':
      return new RtuFraming(frameGapMs(address.baudRate));
  }
}
