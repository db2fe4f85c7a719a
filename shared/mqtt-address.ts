const PROTOCOLS = ['mqtt', 'mqtts', 'ws', 'wss', 'tcp', 'ssl'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** Where a broker listens, in the form that MQTT clients take beside their other options. */
export interface MqttAddress {
  protocol: Protocol;
  host: string;
  /** Absent: that of the protocol. */
  port?: number;
  /** Of web sockets. */
  path?: string;
  username?: string;
  password?: string;
}

/**
 * Takes a broker's URL apart, `mqtts://broker.example:8883` or `wss://user:secret@broker.example/mqtt`. The MQTT client would do so
 * by itself, but by a function of Node that is deprecated, and warns, from Node 24 on.
 *
 * @throws {TypeError} for what is no URL, or names no host
 * @throws {RangeError} for another protocol
 */
export function mqttAddress(url: string): MqttAddress {
  const { protocol, hostname, port, pathname, search, username, password } = new URL(url);
  const name = protocol.slice(0, -1);
  if (!isProtocol(name)) throw new RangeError(`expected mqtt:, mqtts:, ws: or wss:, got ${protocol}`);
  if (hostname === '') throw new TypeError(`expected a host in ${url}`);
  const address: MqttAddress = { protocol: name, host: hostname.replace(/^\[(.*)\]$/, '$1') };
  if (port !== '') address.port = Number(port);
  if (name.startsWith('ws')) address.path = pathname + search;
  if (username !== '') address.username = decodeURIComponent(username);
  if (password !== '') address.password = decodeURIComponent(password);
  return address;
}

function isProtocol(name: string): name is Protocol {
  return PROTOCOLS.some((known) => known === name);
}
