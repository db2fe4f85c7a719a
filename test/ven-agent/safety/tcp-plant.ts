import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import type { Device, DeviceCapabilities, DeviceCommand, DeviceReading } from '../../../ven-agent/bridges/device.ts';
import type { WriteOutcome } from '../../../ven-agent/bridges/device.ts';
import { MasterPool } from '../../../ven-agent/bridges/modbus/pool.ts';
import { createDevice } from '../../../ven-agent/bridges/registry.ts';
import { BessPlant } from '../../../ven-agent/simulate/bess.ts';
import { startSimulatedSite } from '../../../ven-agent/simulate/site.ts';
import type { PlantOptions, SimulatedSite } from '../../../ven-agent/simulate/site.ts';
import { NOON } from '../builders.ts';
import { Plant } from './plant.ts';
import type { PlantSpec } from './plant.ts';

const log = createLog({ name: 't', level: 'silent' });

/** The same to the checker, but a SunSpec simulator behind Modbus TCP, spoken to by the agent's own driver. */
export class TcpPlant extends Plant {
  readonly #site: SimulatedSite;
  readonly #device: Device;
  /** The plant's own clock: steps of the agent's clock are none of its. */
  readonly #plantClock: ManualClock;

  private constructor(spec: PlantSpec, clock: ManualClock, plantClock: ManualClock, site: SimulatedSite) {
    super(spec, clock);
    const [asset] = site.assets;
    if (asset === undefined) throw new Error(`${spec.name} is not simulated`);
    this.#site = site;
    this.#plantClock = plantClock;
    this.#device = createDevice(
      { resourceName: spec.name, kind: spec.kind, driver: 'sunspec', url: asset.url, unitId: asset.unitId },
      { log, clock, random: () => 0.5, pool: new MasterPool() },
    );
  }

  /** Batteries revert by model 704; PV speaks 123, which can only release. */
  static async start(given: PlantSpec, clock: ManualClock): Promise<TcpPlant> {
    const spec = { ...given, safeReversion: given.kind === 'BESS' };
    const { name: id, ratedW, capacityWh, socFraction } = spec;
    const plantClock = new ManualClock(NOON);
    const late: { plant?: TcpPlant } = {};
    const wishW = (): number => late.plant?.ownWishW ?? 0;
    const options: PlantOptions =
      spec.kind === 'BESS'
        ? { id, kind: 'BESS', ratedW, capacityWh, socFraction, localProgram: wishW }
        : { id, kind: 'PV', ratedW, irradiance: () => wishW() / ratedW };
    const site = await startSimulatedSite({ host: '127.0.0.1', clock: plantClock, log, plants: [options] });
    late.plant = new TcpPlant(spec, clock, plantClock, site);
    return late.plant;
  }

  /** Its line is dropped instead: nobody waits for it. */
  override get hangs(): boolean {
    return false;
  }

  override async open(): Promise<DeviceCapabilities> {
    this.#applyFault();
    return this.#device.open();
  }

  override async read(): Promise<DeviceReading> {
    this.#applyFault();
    const reading = await this.#device.read();
    this.saidSoc = reading.socFraction;
    return reading;
  }

  override async write(command: DeviceCommand): Promise<WriteOutcome> {
    this.heard.push({ command, saidSoc: this.saidSoc });
    return this.#device.write(command);
  }

  override close = async (): Promise<void> => this.#device.close();

  override advance(): void {
    this.#plantClock.advance(1000);
    const plant = this.#site.plant(this.spec.name);
    this.powerW = plant.powerW;
    if (plant instanceof BessPlant) this.socFraction = plant.socFraction;
  }

  async stop(): Promise<void> {
    await this.#device.close();
    await this.#site.stop();
  }

  /** Over the wire a device is there, works on site, answers with exceptions, or is gone. */
  #applyFault(): void {
    const { name } = this.spec;
    const plant = this.#site.plant(name);
    if (plant instanceof BessPlant) plant.setLocal(this.fault === 'local');
    const busy = this.fault === 'garbage' || this.fault === 'no-soc' || this.fault === 'refusing';
    const silent = ['away', 'hanging', 'deaf', 'mute'].includes(this.fault);
    const gone = silent || (this.fault === 'local' && plant.kind === 'PV');
    if (busy) this.#site.setFault(name, { kind: 'exception', exceptionCode: 6 });
    else this.#site.setFault(name, { kind: gone ? 'drop' : 'none' });
  }
}
