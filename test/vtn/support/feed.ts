import { request, type IncomingMessage } from 'node:http';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';

/** An event of the stream, as WHATWG HTML 9.2.6 reads it; `id` is the last that was said. */
export interface Heard {
  name: string;
  data: unknown;
  id: string | undefined;
}

/** A reader of a feed that remembers what it heard. */
export interface Follower {
  status: number;
  headers: IncomingMessage['headers'];
  heard: Heard[];
  /** What a browser would send as `Last-Event-ID`. */
  lastEventId: string | undefined;
  heartbeats: number;
  /** `CREATE name` of each notification. */
  changes(): string[];
  /** Names of the other events. */
  named(): string[];
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
  closed: Promise<void>;
}

export async function follow(url: string, headers: Record<string, string>): Promise<Follower> {
  const outgoing = request(url, { headers, agent: false });
  outgoing.end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  outgoing.on('error', () => undefined);
  let rest = '';
  const follower: Follower = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    heard: [],
    lastEventId: undefined,
    heartbeats: 0,
    changes: () =>
      follower.heard
        .filter(({ name }) => name === 'message')
        .map(({ data }) => data as { operation: string; object: Event })
        .map(({ operation, object }) => `${operation} ${object.eventName ?? object.id}`),
    named: () => follower.heard.filter(({ name }) => name !== 'message').map(({ name }) => name),
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => outgoing.destroy(),
    closed: new Promise((resolve) => response.once('close', resolve)),
  };
  response.setEncoding('utf8');
  response.on('error', () => undefined);
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) read(block, follower);
  });
  return follower;
}

function read(block: string, follower: Follower): void {
  let name = 'message';
  let data: string | undefined;
  for (const line of block.split('\n')) {
    const [field = '', value = ''] = line.split(/: ?(.*)/s);
    if (field === '') follower.heartbeats += 1;
    else if (field === 'id') follower.lastEventId = value;
    else if (field === 'event') name = value;
    else if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
  }
  if (data !== undefined) follower.heard.push({ name, data: JSON.parse(data) as unknown, id: follower.lastEventId });
}
