import type { Event, Resource, Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import { ASSET_IDS } from '@openadr-gateway/shared/openadr/targets.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { EnrolledResource, Enrolment } from '../scheduler/subjects.ts';
import { failure, isObject, objectOf, VtnError } from './answers.ts';
import { HttpConnection } from './http.ts';
import type { HttpAnswer } from './http.ts';
import { PagedList } from './paged-list.ts';
import { TokenSource } from './token.ts';

export interface VtnClientOptions {
  /** Base of the OpenADR API, e.g. `http://127.0.0.1:8080/openadr3/3.1.1`. */
  url: string;
  clientId: string;
  clientSecret: string;
  timeoutMs?: number;
  /** PEM text of the authorities that the VTN's and the broker's certificates may be from; without it those that Node knows. */
  ca?: string;
  /** For a broker with accounts of its own, whatever the VTN says about how to sign in. */
  mqtt?: { username: string; password: string };
}

export type EventsRead = { kind: 'unchanged' } | { kind: 'complete'; events: Event[] };

/** Where notifications are to be had (3.1 "notifiers"). */
export interface MqttBinding {
  urls: string[];
  /** Absent: the broker takes anybody. */
  credentials?: { username: string; password: string };
  ca?: string;
  /** When the credentials are to be replaced by others; absent: they last. */
  renewInMs?: number;
  /** Of this VEN's events. */
  topics: string[];
  /** Of this VEN's resources, which say what targets mean. */
  enrolmentTopics: string[];
}

/** The VEN's side of the OpenADR API. Every method rejects with `VtnError` or `NoAnswerError`. */
export class VtnClient {
  readonly #base: string;
  readonly #clientId: string;
  readonly #broker: Pick<VtnClientOptions, 'ca' | 'mqtt'>;
  readonly #http: HttpConnection;
  readonly #token: TokenSource;
  readonly #events: PagedList;
  readonly #onDate: (vtnMs: number, roundTripMs: number) => void;

  /** @param onDate told the VTN's `Date`, cut to the second, and how long the answer took */
  constructor(
    options: VtnClientOptions,
    clock: Clock,
    onDate: (vtnMs: number, roundTripMs: number) => void = () => undefined,
  ) {
    this.#base = options.url.replace(/\/+$/, '');
    this.#clientId = options.clientId;
    this.#onDate = onDate;
    this.#broker = options;
    this.#http = new HttpConnection(options.timeoutMs ?? 10_000, options.ca);
    this.#token = new TokenSource(this.#http, this.#base, options, clock);
    this.#events = new PagedList('/events?active=true', (path, headers) => this.#call('GET', path, headers));
  }

  close(): void {
    this.#http.close();
  }

  /** The complete list of events that are not over, or word that it is the same as at the last call. */
  async activeEvents(): Promise<EventsRead> {
    const read = await this.#events.read();
    if (read.kind === 'unchanged') return read;
    // The list is the VTN's word for it; what is malformed inside an event is found out event by event.
    return { kind: 'complete', events: read.items as unknown as Event[] };
  }

  /** This VEN and its resources; undefined when the VTN has no ven for this client. */
  async enrolment(): Promise<Enrolment | undefined> {
    const vens = (await this.#all('/vens')) as unknown as Ven[];
    const own = vens.find((ven) => ven.clientID === this.#clientId) ?? vens[0];
    if (own === undefined) return undefined;
    const resources = (await this.#all('/resources')) as unknown as Resource[];
    return {
      venId: own.id,
      venName: own.venName,
      venTargets: own.targets ?? [],
      resources: resources.filter((resource) => resource.venID === own.id).map(enrolledResource),
    };
  }

  /** The MQTT binding and the topics of this VEN's events and resources; undefined when the VTN offers none. */
  async mqttBinding(venId: string): Promise<MqttBinding | undefined> {
    const { MQTT: mqtt } = await this.#object('/notifiers');
    if (!isObject(mqtt) || !Array.isArray(mqtt['URIS'])) return undefined;
    const urls = mqtt['URIS'].filter((uri): uri is string => typeof uri === 'string' && /^mqtts?:/.test(uri));
    if (urls.length === 0) return undefined;
    const topics = await this.#topics(venId, 'events');
    if (topics === undefined) return undefined;
    const enrolmentTopics = await this.#topics(venId, 'resources').catch((error: unknown) => {
      // A VTN need not offer these: the enrolment is then read anew now and then.
      if (error instanceof VtnError && error.status < 500) return [];
      throw error;
    });
    const { ca, mqtt: own } = this.#broker;
    const binding: MqttBinding = {
      urls,
      topics,
      enrolmentTopics: enrolmentTopics ?? [],
      ...(ca === undefined ? {} : { ca }),
    };
    if (own) return { ...binding, credentials: own };
    const authentication = mqtt['authentication'];
    if (isObject(authentication) && authentication['method'] === 'OAUTH2_BEARER_TOKEN') {
      // 3.1 Table 12: the token is the password; "{clientID}" stands for the client's id, all else is literal.
      const username = typeof authentication['username'] === 'string' ? authentication['username'] : '{clientID}';
      binding.credentials = {
        username: username === '{clientID}' ? this.#clientId : username,
        password: await this.#token.get(),
      };
      binding.renewInMs = this.#token.renewInMs;
    }
    return binding;
  }

  /** Drops the token, so that the next call fetches a fresh one. */
  dropToken(): void {
    this.#token.drop();
  }

  /**
   * Posts one report.
   *
   * @param body the JSON text of a reportRequest
   */
  async postReport(body: string): Promise<void> {
    const answer = await this.#call('POST', '/reports', { 'content-type': 'application/json' }, body);
    if (answer.status < 200 || answer.status > 299) throw failure('POST /reports', answer);
  }

  async #topics(venId: string, of: 'events' | 'resources'): Promise<string[] | undefined> {
    const { topics } = await this.#object(`/notifiers/mqtt/topics/vens/${encodeURIComponent(venId)}/${of}`);
    if (!isObject(topics)) return undefined;
    const names = topics['ALL'] === undefined ? ['CREATE', 'UPDATE', 'DELETE'].map((o) => topics[o]) : [topics['ALL']];
    return names.filter((topic) => typeof topic === 'string');
  }

  async #all(path: string): Promise<Record<string, unknown>[]> {
    const read = await new PagedList(path, (page, headers) => this.#call('GET', page, headers)).read();
    return read.kind === 'complete' ? read.items : [];
  }

  async #object(path: string): Promise<Record<string, unknown>> {
    const answer = await this.#call('GET', path);
    if (answer.status !== 200) throw failure(`GET ${path}`, answer);
    return objectOf(`GET ${path}`, answer);
  }

  /** One authorised request; a 401 is answered with a fresh token, once (RFC 6750 3.1). */
  async #call(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<HttpAnswer> {
    const send = async (): Promise<HttpAnswer> => {
      const authorization = `Bearer ${await this.#token.get()}`;
      const request = { method, url: new URL(this.#base + path), headers: { ...headers, authorization } };
      const startMs = performance.now();
      const answer = await this.#http.request(body === undefined ? request : { ...request, body });
      const vtnMs = Date.parse(answer.headers.date ?? '');
      if (Number.isFinite(vtnMs)) this.#onDate(vtnMs, performance.now() - startMs);
      return answer;
    };
    let answer = await send();
    if (answer.status === 401) {
      this.#token.drop();
      answer = await send();
    }
    return answer;
  }
}

/** What the VTN says of a resource; for an inverter, which assets it serves. */
function enrolledResource({ resourceName, targets, attributes }: Resource): EnrolledResource {
  const values = attributes?.find((attribute) => attribute.type === ASSET_IDS)?.values;
  const assetIds = Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  return { resourceName, targets: targets ?? [], ...(assetIds.length > 0 ? { assetIds } : {}) };
}
