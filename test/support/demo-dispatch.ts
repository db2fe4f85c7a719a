import { randomUUID } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { fetchToken } from '../../deploy/demo/http.ts';
import type { Demo } from './demo.ts';

const SLOT_MS = 900_000;

/** The demo's operator, who gives dispatch commands to its battery over MQTT. */
export class DemoDispatcher {
  readonly #client: MqttClient;
  readonly assetId: string;

  private constructor(client: MqttClient, assetId: string) {
    this.#client = client;
    this.assetId = assetId;
  }

  static async connect(demo: Demo): Promise<DemoDispatcher> {
    const { clients, openadrUrl, mqttUrl, assets } = demo.file;
    const password = await fetchToken(openadrUrl, clients.operator);
    const client = await connectAsync(mqttUrl, { username: clients.operator.id, password });
    return new DemoDispatcher(client, assets.find((asset) => asset.kind === 'BESS')?.id ?? '');
  }

  /** For the slot that runs now. Resolves when the broker has acknowledged: then command and event are stored. */
  async order(powerMw: number): Promise<void> {
    const start = new Date(Math.floor(Date.now() / SLOT_MS) * SLOT_MS).toISOString();
    const message = {
      source: 'demo',
      event_id: randomUUID(),
      published_at: new Date().toISOString(),
      asset_id: this.assetId,
      dispatch_time: start,
      delivery_period_start: start,
      target_power: { amount: powerMw, unit: 'MW' },
    };
    await this.#client.publishAsync(`ingest/dispatches/${this.assetId}`, JSON.stringify(message), { qos: 1 });
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }
}
