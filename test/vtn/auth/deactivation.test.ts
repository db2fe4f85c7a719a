import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { aUtility, changeUtility } from '../utilities/support.ts';

const STATIC = 'a-token-of-the-configuration-0123456789';

describe('deactivating a utility', () => {
  let vtn: TestVtn;
  let member: TestClient;
  let other: TestClient;
  beforeAll(async () => {
    const utility = { id: '7', level: 'spectator' };
    const tokenHash = createHash('sha256').update(STATIC).digest('hex');
    vtn = await startVtn({
      auth: { staticTokens: [{ tokenHash, clientId: 'known-elsewhere', role: 'utility', utility }] },
    });
    for (const id of [7, 8]) await aUtility(vtn, id);
    member = await vtn.client('utility', { utility: { id: '7', level: 'leader' } });
    other = await vtn.client('utility', { utility: { id: '8', level: 'leader' } });
  });
  afterAll(() => vtn.stop());

  const signIn = (client: TestClient) =>
    vtn.anonymous
      .post(`${BASE}/auth/token`)
      .type('form')
      .send({ grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret });
  const fromConfiguration = () => vtn.anonymous.get(`${BASE}/programs`).set('Authorization', `Bearer ${STATIC}`);
  const deactivate = async (isActive: 0 | 1) => {
    await changeUtility(vtn, 7, { is_active: isActive });
    await vtn.vtn.tokens.checkRevocations();
  };

  it('ends its members’ access at once, tokens and secrets, whoever issued them; others keep theirs', async () => {
    await member.get('programs').expect(200);
    await fromConfiguration().expect(200);
    const told: string[] = [];
    const end = vtn.vtn.tokens.onRevoked((id) => told.push(id));
    await deactivate(0);
    expect(told.sort()).toEqual([member.id, 'known-elsewhere'].sort());
    const refused = await member.get('programs').expect(401);
    expect(refused.body.detail).toContain('deactivated');
    await fromConfiguration().expect(401);
    await signIn(member).expect(401);
    await other.get('programs').expect(200);
    await signIn(other).expect(200);
    await vtn.vtn.tokens.checkRevocations();
    expect(told).toHaveLength(2);
    end();
  });

  it('can be taken back: the same tokens and secrets count again, and end again', async () => {
    await deactivate(1);
    await member.get('programs').expect(200);
    await fromConfiguration().expect(200);
    await signIn(member).expect(200);
    await deactivate(0);
    await member.get('programs').expect(401);
    await deactivate(1);
  });

  it('by another process is noticed without being told', async () => {
    await member.get('programs').expect(200);
    await changeUtility(vtn, 7, { is_active: 0 });
    await expect.poll(async () => (await member.get('programs')).status, { timeout: 5_000 }).toBe(401);
    await changeUtility(vtn, 7, { is_active: 1 });
  });

  it('does not bring back members who were revoked', async () => {
    const gone = await vtn.client('utility', { utility: { id: '7', level: 'leader' } });
    const admin = await vtn.client('admin');
    await admin.delete(`/api/v1/clients/${gone.id}`).expect(204);
    await deactivate(0);
    await deactivate(1);
    await gone.get('programs').expect(401);
    await signIn(gone).expect(401);
  });
});
