import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDocument } from '../../../vtn/api/document.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';

/** What may be read without a token; paths with the ids of what everybody may see. */
const READABLE = [
  '/programs',
  '/programs/{programID}',
  '/events',
  '/events/{eventID}',
  '/notifiers',
  '/notifiers/mqtt/topics/programs',
  '/notifiers/mqtt/topics/programs/{programID}',
  '/notifiers/mqtt/topics/programs/{programID}/events',
];
const ALWAYS = ['/auth/server', '/auth/token'];

const document = await loadDocument({ name: 'openadr-3.1', documentPath: 'shared/openapi/openadr-3.1.yaml' });
const operations = document.operations.map(({ method, path }) => ({
  method,
  // As the document writes it.
  path: path.replace(/:(\w+)/g, '{$1}'),
}));

describe('reading without a token', () => {
  let vtn: TestVtn;
  const ids: Record<string, string> = {};
  const hidden: Record<string, string> = {};
  beforeAll(async () => {
    vtn = await startVtn({ auth: { anonymousRead: true }, mqtt: { mode: 'embedded', port: 0 } });
    const bl = await vtn.client('bl');
    const open = (await bl.post('programs', { programName: 'tariff' }).expect(201)).body.id;
    const closed = (await bl.post('programs', { programName: 'closed', targets: ['a'] }).expect(201)).body.id;
    const event = async (programID: string, targets?: string[]) =>
      (await bl.post('events', { programID, intervals: [], ...(targets ? { targets } : {}) }).expect(201)).body.id;
    ids['programID'] = open;
    ids['eventID'] = await event(open);
    hidden['targeted program'] = `programs/${closed}`;
    hidden['targeted event'] = `events/${await event(open, ['a'])}`;
    hidden['event of a targeted program'] = `events/${await event(closed)}`;
    hidden['topics of a targeted program'] = `notifiers/mqtt/topics/programs/${closed}`;
  });
  afterAll(() => vtn.stop());

  const at = (path: string) => BASE + path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'some-id');

  it.each(operations.filter(({ path }) => !ALWAYS.includes(path)))('$method $path', async ({ method, path }) => {
    const answer = await request(vtn.url)[method](at(path));
    if (method === 'get' && READABLE.includes(path)) {
      expect(answer.status).toBe(200);
    } else {
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="openadr"');
    }
  });

  it('covers what it says', () => {
    const paths = operations.map(({ path }) => path);
    for (const path of [...READABLE, ...ALWAYS]) expect(paths).toContain(path);
  });

  it('shows the untargeted only', async () => {
    const programs = (await vtn.anonymous.get(at('/programs'))).body as { id: string; targets?: string[] }[];
    expect(programs.map((p) => p.id)).toContain(ids['programID']);
    expect(programs.flatMap((p) => p.targets ?? [])).toEqual([]);
    expect((await vtn.anonymous.get(at('/events'))).body.map((e: { id: string }) => e.id)).toEqual([ids['eventID']]);
    for (const query of ['targets=a', 'active=true&targets=a'])
      expect((await vtn.anonymous.get(`${BASE}/events?${query}`).expect(200)).body).toEqual([]);
    for (const path of Object.values(hidden)) await vtn.anonymous.get(`${BASE}/${path}`).expect(404);
  });

  it('is not for the operations API', () => vtn.anonymous.get('/api/v1/assets').expect(401));

  it('does not help those whose token is wrong', async () => {
    for (const header of ['Bearer wrong', 'Bearer', '', 'Basic eDp5', 'Token x']) {
      const answer = await vtn.anonymous.get(at('/programs')).set('Authorization', header);
      expect(answer.status, header).toBe(401);
    }
  });

  it('does not take anything from those with a token', async () => {
    const ven = await vtn.client('ven');
    await ven.post('programs', { programName: 'x' }).expect(403);
    await ven.get('vens').expect(200);
  });

  it('is off unless it is switched on', async () => {
    const strict = await startVtn();
    for (const path of READABLE) await strict.anonymous.get(at(path)).expect(401);
    await strict.stop();
  });
});
