import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

type Json = Record<string, unknown>;
interface Example {
  section: string;
  to: 'programs' | 'events' | 'reports' | 'vens' | 'resources';
  body: Json;
}

const [, ...examples] = readFileSync(new URL('./user-guide.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Example);

/** Examples that the Guide's own schema refuses, by name, and what is wrong with them. */
const REFUSED: Record<string, string> = {
  // "payLoadType"
  reportDescriptorsEvent: 'body.reportDescriptors[0].payloadType',
  // A program has descriptors of both kinds, so that objectType has to be said.
  payloadDescriptorProgram: 'body.payloadDescriptors[0].objectType',
  inverterProgram: 'body.payloadDescriptors[0].objectType',
  // "2025-02-13 19:00:00.000Z"
  'eventWithInstructions 2025-02-13 19:00:00.000Z': 'body.intervals[0].intervalPeriod.start',
};

const nameOf = ({ body }: Example): string => {
  const name = ['programName', 'eventName', 'reportName', 'venName', 'resourceName'].flatMap((field) =>
    typeof body[field] === 'string' ? [body[field]] : [],
  )[0] as string;
  const intervals = body['intervals'] as { intervalPeriod?: { start?: string } }[] | undefined;
  const start = intervals?.[0]?.intervalPeriod?.start;
  return start?.includes(' ') ? `${name} ${start}` : name;
};

describe('the examples of the User Guide', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ven: TestClient;
  /** Ids of ours in the place of the Guide's. */
  const ids: Json = {};
  beforeAll(async () => {
    vtn = await startVtn();
    [bl, ven] = [await vtn.client('bl'), await vtn.client('ven')];
    ids['programID'] = (await bl.post('programs', { programName: 'any' }).expect(201)).body.id;
    ids['eventID'] = (await bl.post('events', { programID: ids['programID'] }).expect(201)).body.id;
    ids['clientID'] = 'ven_client';
    ids['venID'] = (await bl.post('vens', { clientID: 'ven_client', venName: 'any' }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  it('are all here', () => expect(examples).toHaveLength(40));

  it.each(examples.map((example) => [example.section, nameOf(example), example] as const))(
    '%s: %s',
    async (_section, name, { to, body }) => {
      const sent: Json = { ...body };
      for (const field of Object.keys(ids)) if (field in sent) sent[field] = ids[field];
      if (to === 'vens') sent['clientID'] = 'another_client';
      const client = to === 'reports' ? ven : bl;
      const answer = await client.post(to, sent);
      const path = REFUSED[name];
      if (path !== undefined) {
        expect([answer.status, answer.body.errors?.[0].path]).toEqual([400, path]);
        return;
      }
      expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
      const read = await bl.get(`${to}/${answer.body.id}`).expect(200);
      expect(read.body).toEqual(answer.body);
      expect(asSent(read.body, to)).toEqual(known(sent, to));
      vtn.clock.advance(1_000);
      const again = await client.put(`${to}/${answer.body.id}`, read.body).expect(200);
      expect({ ...again.body, modificationDateTime: read.body.modificationDateTime }).toEqual(read.body);
    },
  );
});

const SERVER_SET = ['id', 'createdDateTime', 'modificationDateTime', 'objectType'];

/** The answer without what the VTN sets. */
function asSent(body: Json, to: Example['to']): Json {
  const ours = to === 'reports' ? [...SERVER_SET, 'clientID'] : SERVER_SET;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ours.includes(name)));
}

/** The request with what the VTN completes, and without what it does not know. */
function known(sent: Json, to: Example['to']): Json {
  const { objectType: _, ...fields } = structuredClone(sent);
  const kind = to === 'events' ? 'EVENT_PAYLOAD_DESCRIPTOR' : 'REPORT_PAYLOAD_DESCRIPTOR';
  for (const descriptor of (fields['payloadDescriptors'] ?? []) as Json[]) descriptor['objectType'] = kind;
  return to === 'events' ? { intervals: [], ...fields } : fields;
}
