import type { Logger } from '@openadr-gateway/shared/log.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { DeviceError } from './bridges/device.ts';
import type { Device, DeviceCapabilities, DeviceCommand, DeviceReading, WriteOutcome } from './bridges/device.ts';

export interface UnitDeps {
  clock: Clock;
  random: () => number;
  log: Logger;
  /** Called when the device has been opened, so that its first command need not wait for the next tick. */
  onOpened: () => void;
}

export interface UnitStatus {
  reachable: boolean;
  lastError?: string;
  retryAtMs?: number;
  readErrors: number;
  writeErrors: number;
  registersWritten: number;
}

const BACKOFF = { baseMs: 1_000, maxMs: 20_000 };

/**
 * One device as the tick sees it: it never rejects and never keeps the tick waiting for longer than it wants to wait. A
 * sick device is left alone for a growing time and costs the others nothing; half a minute after it is back it is served
 * again at the latest: this back-off and that of its line, which it shares with others, add up to that.
 */
export class DeviceUnit {
  readonly device: Device;
  readonly #deps: UnitDeps;
  readonly #status: UnitStatus = { reachable: false, readErrors: 0, writeErrors: 0, registersWritten: 0 };
  #capabilities: DeviceCapabilities | undefined;
  #reading: DeviceReading | undefined;
  #busy: Promise<void> | undefined;
  #failures = 0;
  #retryAtMs = -Infinity;
  #lastOutcome: string | undefined;

  constructor(device: Device, deps: UnitDeps) {
    this.device = device;
    this.#deps = deps;
  }

  get resourceName(): string {
    return this.device.resourceName;
  }

  get status(): Readonly<UnitStatus> {
    return this.#status;
  }

  /** Known once the device has been opened; what it can do does not change while it is away. */
  get capabilities(): DeviceCapabilities | undefined {
    return this.#capabilities;
  }

  /** The last picture, whatever its age. */
  get reading(): DeviceReading | undefined {
    return this.#reading;
  }

  /** Can a command be sent in this tick? */
  get isReady(): boolean {
    return this.#status.reachable && this.#busy === undefined;
  }

  /** Reads the device, or opens it when it is closed and due. Resolves at once while it is busy or left alone. */
  async poll(): Promise<void> {
    const waitMs = this.#retryAtMs - this.#deps.clock.nowMs();
    // A wait longer than the longest back-off can only come from a clock that was set back.
    if (this.#busy !== undefined || (waitMs > 0 && waitMs <= BACKOFF.maxMs)) return;
    await this.#occupied(this.#status.reachable ? this.#read() : this.#open());
  }

  /** Sends a command; the device writes what differs. Resolves at once while the device is not ready. */
  async apply(command: DeviceCommand): Promise<WriteOutcome | undefined> {
    if (!this.isReady) return undefined;
    let outcome: WriteOutcome | undefined;
    await this.#occupied(
      this.device.write(command).then(
        (result) => {
          outcome = result;
          this.#noteOutcome(result);
        },
        (error: unknown) => {
          this.#status.writeErrors += 1;
          this.#failed(error);
        },
      ),
    );
    return outcome;
  }

  async close(): Promise<void> {
    await this.device.close().catch(() => undefined);
  }

  async #occupied(work: Promise<void>): Promise<void> {
    this.#busy = work;
    try {
      await work;
    } finally {
      this.#busy = undefined;
    }
  }

  async #open(): Promise<void> {
    try {
      this.#capabilities = await this.device.open();
      this.#reading = await this.device.read();
    } catch (error) {
      this.#status.readErrors += 1;
      this.#failed(error);
      return;
    }
    const { log, onOpened } = this.#deps;
    const { manufacturer, model, serialNumber } = this.#capabilities;
    const again = this.#status.lastError !== undefined;
    log.info(
      { manufacturer, model, serialNumber },
      `device ${this.resourceName} ${again ? 'recovered' : 'found'}: ${manufacturer} ${model}`,
    );
    this.#status.reachable = true;
    delete this.#status.lastError;
    delete this.#status.retryAtMs;
    this.#failures = 0;
    this.#retryAtMs = -Infinity;
    onOpened();
  }

  async #read(): Promise<void> {
    try {
      this.#reading = await this.device.read();
    } catch (error) {
      this.#status.readErrors += 1;
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { clock, random, log } = this.#deps;
    const code = error instanceof DeviceError ? `${error.code}: ` : '';
    const reason = `${code}${error instanceof Error ? error.message : String(error)}`;
    const wasReachable = this.#status.reachable;
    // Once per change, not once per attempt.
    if (wasReachable || this.#status.lastError === undefined) {
      log.warn({ err: error }, `device ${this.resourceName} unreachable: ${reason}`);
    }
    this.#status.lastError = reason;
    this.#status.reachable = false;
    this.#retryAtMs = clock.nowMs() + backoffMs(this.#failures++, random, BACKOFF);
    this.#status.retryAtMs = this.#retryAtMs;
    if (wasReachable) void this.close();
  }

  #noteOutcome(outcome: WriteOutcome): void {
    if (outcome.kind === 'unchanged') return;
    if (outcome.kind === 'applied') {
      this.#status.registersWritten += outcome.registersWritten;
      this.#lastOutcome = undefined;
      return;
    }
    const text =
      outcome.kind === 'rejected'
        ? `rejected a command: ${outcome.reason}`
        : `${outcome.point} reads ${outcome.readBack} after ${outcome.wrote} was written`;
    if (text !== this.#lastOutcome) this.#deps.log.warn(`device ${this.resourceName} ${text}`);
    this.#lastOutcome = text;
  }
}
