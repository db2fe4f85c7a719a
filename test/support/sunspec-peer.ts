import ModbusRTU from 'modbus-serial';

/**
 * An independent SunSpec reader for tests: another Modbus master than the product's, and offsets written down here once more, so
 * that a mistake in the product's tables is not repeated.
 */
export class SunSpecPeer {
  readonly #client = new ModbusRTU.default();
  readonly #bases = new Map<number, number>();

  static async connect(url: string, unitId: number): Promise<SunSpecPeer> {
    const { hostname, port } = new URL(url);
    const peer = new SunSpecPeer();
    await peer.#client.connectTCP(hostname, { port: Number(port) });
    peer.#client.setID(unitId);
    peer.#client.setTimeout(2000);
    await peer.#walk();
    return peer;
  }

  /** Ids of the models found, in their order. */
  get models(): number[] {
    return [...this.#bases.keys()];
  }

  async #walk(): Promise<void> {
    const marker = await this.#client.readHoldingRegisters(40_000, 2);
    if (marker.data[0] !== 0x5375 || marker.data[1] !== 0x6e53) throw new Error('no SunS marker at 40000');
    for (let address = 40_002; ;) {
      const { data } = await this.#client.readHoldingRegisters(address, 2);
      const [id, length] = data as [number, number];
      if (id === 0xffff) return;
      this.#bases.set(id, address);
      address += 2 + length;
    }
  }

  async register(model: number, offset: number): Promise<number> {
    const base = this.#bases.get(model);
    if (base === undefined) throw new Error(`the device has no model ${model}`);
    return (await this.#client.readHoldingRegisters(base + offset, 1)).data[0] ?? Number.NaN;
  }

  async #int16(model: number, offset: number): Promise<number> {
    return ((await this.register(model, offset)) << 16) >> 16;
  }

  /** Model 103: AC power W at 14, its scale factor at 15; W. */
  async pvPowerW(): Promise<number> {
    return (await this.#int16(103, 14)) * 10 ** (await this.#int16(103, 15));
  }

  /** Model 123 WMaxLimPct (5, factor 23) of model 121 WMax (2, factor 22), W; `undefined` while WMaxLim_Ena (9) is 0. */
  async pvLimitW(): Promise<number | undefined> {
    if ((await this.register(123, 9)) !== 1) return undefined;
    const percent = (await this.register(123, 5)) * 10 ** (await this.#int16(123, 23));
    const maxW = (await this.register(121, 2)) * 10 ** (await this.#int16(121, 22));
    return (percent / 100) * maxW;
  }

  /** Model 701: AC power W at 10, its scale factor at 116; W, + discharge. */
  async bessPowerW(): Promise<number> {
    return (await this.#int16(701, 10)) * 10 ** (await this.#int16(701, 116));
  }

  /** Model 704 WSet (24, 32 bits, W), W, + discharge; `undefined` while WSetEna (22) is 0. */
  async bessSetpointW(): Promise<number | undefined> {
    if ((await this.register(704, 22)) !== 1) return undefined;
    return ((await this.register(704, 24)) << 16) | (await this.register(704, 25));
  }

  /** Model 704 WSetRvrtRem (33, 32 bits): how long the set-point is still kept without a refresh, s. */
  async leaseLeftSeconds(): Promise<number> {
    return (await this.register(704, 33)) * 65_536 + (await this.register(704, 34));
  }

  /** Model 203: power W at 18, its scale factor at 22, import positive; W, + what leaves the site. */
  async meterPowerW(): Promise<number> {
    return -(await this.#int16(203, 18)) * 10 ** (await this.#int16(203, 22));
  }

  async close(): Promise<void> {
    if (!this.#client.isOpen) return;
    await new Promise<void>((resolve) => this.#client.close(() => resolve()));
  }
}
