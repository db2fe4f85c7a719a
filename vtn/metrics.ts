import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { backlogs } from './store/outbox.ts';
import type { Store } from './store/store.ts';

/** Values by the labels that they belong to; a plain number where there are none. */
export type Samples = number | readonly { labels: Readonly<Record<string, string>>; value: number }[];

/** Something that is asked for its values when somebody looks. */
export interface MetricSource {
  /** `counter`: only grows, until the next start. */
  kind: 'counter' | 'gauge';
  /** Without the prefix `vtn_`; ends in its unit, counters in `_total`. */
  name: string;
  help: string;
  labels?: readonly string[];
  collect: () => Samples | Promise<Samples>;
}

/** From a cached 304 to a batch of a thousand rows. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What an operator watches, in the text format of Prometheus. Nothing but the requests costs anything while nobody looks. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'vtn_http_request_seconds',
    help: 'Requests that were answered, by method and class of status, and how long it took.',
    labelNames: ['method', 'status'],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  #isFirst = true;

  constructor(store: Store) {
    this.add({
      kind: 'gauge',
      name: 'outbox_waiting',
      help: 'Committed changes that a notification channel has not announced yet.',
      labels: ['channel'],
      collect: async () => {
        const rows = await store.read((db) => backlogs(db));
        return rows.map(({ channel, waiting }) => ({ labels: { channel }, value: waiting }));
      },
    });
  }

  /** Adds a source. @throws when there is one of this name already */
  add({ kind, name, help, labels = [], collect }: MetricSource): void {
    const common = { name: `vtn_${name}`, help, labelNames: [...labels], registers: [this.#registry] };
    const listed = async () => {
      const samples = await collect();
      return typeof samples === 'number' ? [{ labels: {}, value: samples }] : samples;
    };
    if (kind === 'gauge') {
      const gauge: Gauge = new Gauge({
        ...common,
        collect: async () => {
          const samples = await listed();
          gauge.reset();
          for (const sample of samples) gauge.set(sample.labels, sample.value);
        },
      });
      return;
    }
    const counter: Counter = new Counter({
      ...common,
      collect: async () => {
        const samples = await listed();
        counter.reset();
        for (const sample of samples) counter.inc(sample.labels, sample.value);
      },
    });
  }

  observeRequest(method: string, status: number, seconds: number): void {
    this.#requests.observe({ method, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  /** Everything, as `Metrics.contentType`. */
  async text(): Promise<string> {
    // Memory, processor, garbage collection and the event loop's lag are measured from the first look on.
    if (this.#isFirst) collectDefaultMetrics({ register: this.#registry });
    this.#isFirst = false;
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
