import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('programs', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
  });
  afterAll(() => vtn.stop());

  it('are created with id, times and objectType, and read back as sent', async () => {
    const sent = {
      programName: 'limits',
      attributes: [{ type: 'X', values: [1.5, 'a', { x: 1, y: 2 }] }],
      intervalPeriod: null,
    };
    const created = await bl.post('programs', sent).expect(201);
    expect(created.body).toMatchObject({
      programName: 'limits',
      attributes: sent.attributes,
      objectType: 'PROGRAM',
      createdDateTime: '2026-01-15T10:00:00Z',
      modificationDateTime: '2026-01-15T10:00:00Z',
    });
    expect(created.body).not.toHaveProperty('intervalPeriod');
    const read = await bl.get(`programs/${created.body.id}`).expect(200);
    expect(read.body).toEqual(created.body);
  });
});
