import { describe, expect, it } from 'vitest';
import { vtnConfig } from '../../../vtn/config.ts';

describe('the configuration of the intake of commands', () => {
  const faults = (dispatches: object) => {
    const { error } = vtnConfig.safeParse({ ingest: { dispatches } });
    return error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  };

  it('has defaults that let nobody in but operators', () => {
    expect(vtnConfig.parse({}).ingest.dispatches).toEqual({
      topicPrefix: 'ingest/dispatches',
      anonymousPublishers: false,
      sessionId: 'openadr-dispatches',
    });
  });

  it.each(['', '+', 'a/+', 'a/#', '/a', 'a/', '$SYS/a', '$share/group/a'])('refuses %j as a prefix', (topicPrefix) => {
    expect(faults({ topicPrefix })[0]).toMatch(/^ingest\.dispatches\.topicPrefix: expected a topic without wildcards/);
  });

  it("refuses a prefix among OpenADR's own topics, and unknown keys", () => {
    expect(faults({ topicPrefix: 'openadr3/orders' })[0]).toMatch(/outside OpenADR/);
    expect(faults({ prefix: 'orders' })[0]).toMatch(/prefix/);
    expect(faults({ topicPrefix: 'a/b c/d', enabled: true })).toEqual([]);
  });
});
