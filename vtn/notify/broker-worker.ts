/**
 * The embedded MQTT broker's thread: a fan-out to a thousand subscribers takes tens of milliseconds, and the API does not wait
 * for it. Talks to `EmbeddedBroker` by the messages of broker-messages.ts.
 */
import type { EventEmitter } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { Aedes, type Client } from 'aedes';
import { Gate, type Hand, type Verdict } from './broker-gate.ts';
import type { BrokerWorkerData, ToMain, ToWorker } from './broker-messages.ts';
import { limitPackets } from './packet-limit.ts';
import { Questions } from './questions.ts';

/** CONNECT with its token, SUBSCRIBE with its filters, a message for the inbox: nothing that clients send is longer. */
const MAX_PACKET_BYTES = 64 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** A subscriber whose socket takes nothing for so long is dropped; until then his messages pile up. */
const DRAIN_TIMEOUT_MS = 10_000;
const ASK_TIMEOUT_MS = 10_000;
const FLUSH_TIMEOUT_MS = 2000;
const LOOPBACK = '127.0.0.1';

if (parentPort === null) throw new Error('the broker runs as a worker thread only');
const port = parentPort;
const data = workerData as BrokerWorkerData;
const tell = (message: ToMain) => port.postMessage(message);

const tokens = new Questions<Verdict>();
const ask = (token: string) =>
  tokens.ask((id) => tell({ kind: 'ask', id, token }), { otherwise: 'failed', timeoutMs: ASK_TIMEOUT_MS });

const handed = new Questions<boolean>();
const hand: Hand = (clientId, topic, bytes) => {
  // A copy, since what a message takes along is the whole buffer behind it.
  const payload = new Uint8Array(bytes);
  return handed.ask(
    (id) => port.postMessage({ kind: 'message', id, clientId, topic, payload } satisfies ToMain, [payload.buffer]),
    { otherwise: false, timeoutMs: ASK_TIMEOUT_MS },
  );
};

const gate = new Gate(data, ask, hand);
const broker = await Aedes.createBroker({
  // Unlimited: with a bound, a few stuck subscribers would hold up everybody else's messages until they are dropped.
  concurrency: 0,
  connectTimeout: CONNECT_TIMEOUT_MS,
  drainTimeout: DRAIN_TIMEOUT_MS,
  maxClientsIdLength: 65_535,
});
gate.start(broker);

/** Published by the VTN and not yet written to every subscriber. */
let inDelivery = 0;
const authorizePublish = broker.authorizePublish;
broker.authorizePublish = (client, packet, done) =>
  authorizePublish(client, packet, (error) => {
    if (error == null) inDelivery += 1;
    done(error);
  });
broker.published = (_packet, client, done) => {
  if (client !== null) inDelivery -= 1;
  done();
};

const lifts = new WeakMap<object, () => void>();
broker.on('client', (client) => {
  if (gate.isInternal(client)) lifts.get(client.conn)?.();
});
const noteError = (client: Client, error: Error) =>
  tell({ kind: 'note', text: 'mqtt connection ended', details: { mqttClient: client.id, reason: error.message } });
broker.on('clientError', noteError);
broker.on('connectionError', noteError);
// Its types do not know this event.
(broker as EventEmitter).on('error', (error: Error) =>
  tell({ kind: 'note', text: 'mqtt broker error', details: { reason: error.message } }),
);

function accept(socket: Socket): void {
  socket.setNoDelay(true);
  lifts.set(socket, limitPackets(socket, MAX_PACKET_BYTES));
  broker.handle(socket);
}

/** Listens and hands over what comes. @returns the port */
async function listenOn(server: Server, host: string, onPort: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: onPort }, resolve);
  });
  server.removeAllListeners('error');
  server.on('error', (error) =>
    tell({ kind: 'note', text: 'mqtt listener error', details: { reason: error.message } }),
  );
  return (server.address() as AddressInfo).port;
}

const { host, tls } = data;
const server = tls ? createTlsServer({ ...tls, handshakeTimeout: CONNECT_TIMEOUT_MS }, accept) : createServer(accept);
server.on('tlsClientError', (error: Error) =>
  tell({ kind: 'note', text: 'mqtt connection without TLS', details: { reason: error.message } }),
);
/** The VTN would have to check its own certificate, which is made out to the name that the outside knows. */
const door =
  tls &&
  createServer((socket) => {
    gate.expectInternal(socket);
    accept(socket);
  });
void (async () => {
  try {
    const internalPort = door && (await listenOn(door, LOOPBACK, data.internalPort));
    const publicPort = await listenOn(server, host, data.port);
    tell({ kind: 'listening', port: publicPort, internalPort: internalPort ?? publicPort });
  } catch (error) {
    tell({ kind: 'refusedToListen', message: error instanceof Error ? error.message : String(error) });
    stop();
  }
})();

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'answer':
      tokens.answer(message.id, message.outcome === 'admitted' ? message.admission : message.outcome);
      break;
    case 'taken':
      handed.answer(message.id, message.taken);
      break;
    case 'kick':
      gate.kick(message.clientId);
      break;
    case 'stop':
      stop();
      break;
  }
});

/** Lets what was published reach the subscribers, then closes everything, so that the thread ends by itself. */
function stop(): void {
  server.close();
  door?.close();
  gate.stop();
  const deadline = setTimeout(close, FLUSH_TIMEOUT_MS);
  const poll = setInterval(() => {
    if (inDelivery <= 0) close();
  }, 10);
  function close(): void {
    clearTimeout(deadline);
    clearInterval(poll);
    broker.close(() => port.close());
  }
}
