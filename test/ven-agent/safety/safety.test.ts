import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import type { AgentDatabase } from '../../../ven-agent/database.ts';
import type { Tally } from './moment.ts';
import { NOON } from '../builders.ts';
import { scenarioOf } from './scenario.ts';
import { Simulation } from './simulation.ts';
import { TcpPlant } from './tcp-plant.ts';

/** `npm run test:long` asks for more; SAFETY_SEED begins elsewhere. */
const SCENARIOS = Number(process.env['SAFETY_SCENARIOS'] ?? 2000);
/** Some of them over real sockets, which takes its time. */
const OVER_TCP = Math.ceil(SCENARIOS / 100);
const FIRST = Number(process.env['SAFETY_SEED'] ?? 1);

let db: AgentDatabase;
beforeAll(() => {
  db = openAgentDatabase(':memory:');
});
afterAll(() => {
  db.close();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('whatever is ordered, whatever breaks', () => {
  it(
    `the agent keeps a simulated site inside its envelope, in ${SCENARIOS} scenarios`,
    async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const total: Partial<Tally> = {};
      let seconds = 0;
      for (let seed = FIRST; seed < FIRST + SCENARIOS; seed += 1) {
        const simulation = new Simulation(scenarioOf(seed), db);
        const { tally } = await simulation.run();
        seconds += simulation.scenario.seconds;
        for (const [name, count] of Object.entries(tally)) {
          total[name as keyof Tally] = (total[name as keyof Tally] ?? 0) + count;
        }
      }
      process.stdout.write(`${SCENARIOS} scenarios, ${seconds} simulated seconds, checked: ${JSON.stringify(total)}\n`);
      // A check that never applied would be none.
      for (const count of Object.values(total)) expect(count).toBeGreaterThan(SCENARIOS / 50);
    },
    SCENARIOS * 100 + 30_000,
  );

  it(
    `and so over Modbus TCP with its own driver, in ${OVER_TCP} scenarios`,
    async () => {
      let checked = 0;
      for (let seed = FIRST; seed < FIRST + OVER_TCP; seed += 1) {
        const scenario = scenarioOf(seed);
        const clock = new ManualClock(NOON);
        const plants = await Promise.all(scenario.devices.map((plan) => TcpPlant.start(plan, clock)));
        // What the simulator is, the checker goes by.
        const devices = scenario.devices.map((plan, n) => ({ ...plan, ...plants[n]?.spec }));
        const { tally } = await new Simulation({ ...scenario, devices }, db, clock, plants)
          .run()
          .finally(() => Promise.all(plants.map((plant) => plant.stop())));
        checked += tally.ownCaps;
      }
      expect(checked).toBeGreaterThan(OVER_TCP);
    },
    OVER_TCP * 10_000 + 30_000,
  );
});
