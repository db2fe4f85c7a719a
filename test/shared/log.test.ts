import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';

function logged(
  level: 'info' | 'debug',
  write: (log: ReturnType<typeof createLog>) => void,
): Record<string, unknown>[] {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  write(createLog({ name: 'vtn', level, destination }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('writes JSON lines with the name of the program and an ISO 8601 time', () => {
    const [line] = logged('info', (log) => log.info({ port: 8080 }, 'listening'));
    expect(line).toMatchObject({ name: 'vtn', port: 8080, msg: 'listening' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('leaves out what is below its level', () => {
    expect(logged('info', (log) => log.debug('chatter'))).toEqual([]);
    expect(logged('debug', (log) => log.debug('chatter'))).toHaveLength(1);
  });

  it.each([
    'authorization',
    'client_secret',
    'clientSecret',
    'password',
    'token',
    'access_token',
    'accessToken',
    'bearerToken',
  ])('never writes a %s, at the top or two levels below', (key) => {
    const secret = { [key]: 'hunter2', kept: 'yes' };
    const lines = logged('info', (log) => {
      log.info(secret);
      log.info({ headers: secret });
      log.info({ request: { headers: secret } });
      log.child({ request: secret }).info('of a child');
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines.slice(0, 3).every((line) => JSON.stringify(line).includes('"kept":"yes"'))).toBe(true);
  });
});
