import { randomBytes } from 'node:crypto';
import { Bonjour, type Service } from 'bonjour-service';

/** Somebody's announcement heard by somebody else: whether this machine has a network that carries multicast. */
export async function hasMulticast(): Promise<boolean> {
  const bonjour = new Bonjour({}, () => undefined);
  const name = `probe ${randomBytes(4).toString('hex')}`;
  bonjour.publish({ name, type: 'openadr3-probe', port: 1 }).on('error', () => undefined);
  const found = await findService(bonjour, 'openadr3-probe', name, 3_000);
  bonjour.destroy();
  return found !== undefined;
}

export function findService(
  bonjour: Bonjour,
  type: string,
  name: string,
  timeoutMs: number,
): Promise<Service | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    bonjour.find({ type }, (service) => {
      if (service.name !== name) return;
      clearTimeout(timer);
      resolve(service);
    });
  });
}
