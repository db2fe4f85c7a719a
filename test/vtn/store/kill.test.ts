import { expect, it } from 'vitest';
import { killRounds } from '../../support/kill-rounds.ts';

it('no write that was acknowledged is lost when the process is killed at any moment', { timeout: 60_000 }, async () => {
  const result = await killRounds(12);
  expect(result).toMatchObject({ lost: 0, torn: 0, damage: [] });
  expect(result.acknowledged).toBeGreaterThan(100);
});
