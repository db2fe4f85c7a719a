import { describe, expect, it } from 'vitest';
import { topicFor, topicsFor, type TopicScope } from '../../../shared/openadr/topics.ts';

describe('MQTT topic names', () => {
  const paths: [TopicScope, string][] = [
    [{ of: 'programs' }, 'programs'],
    [{ of: 'programEvents', programId: 'p1' }, 'programs/p1/events'],
    [{ of: 'anyPrograms' }, 'all/programs'],
    [{ of: 'anyProgramEvents', programId: 'p1' }, 'all/programs/p1/events'],
    [{ of: 'events' }, 'events'],
    [{ of: 'reports' }, 'reports'],
    [{ of: 'subscriptions' }, 'subscriptions'],
    [{ of: 'resources' }, 'resources'],
    [{ of: 'vens' }, 'vens'],
    [{ of: 'venEvents', venId: 'v1' }, 'vens/v1/events'],
    [{ of: 'venPrograms', venId: 'v1' }, 'vens/v1/programs'],
    [{ of: 'venResources', venId: 'v1' }, 'vens/v1/resources'],
  ];
  it.each(paths)('a collection has a topic for each operation and one filter for all: %j', (scope, path) => {
    expect(topicsFor(scope)).toEqual({
      CREATE: `openadr3/3.1/${path}/create`,
      UPDATE: `openadr3/3.1/${path}/update`,
      DELETE: `openadr3/3.1/${path}/delete`,
      ALL: `openadr3/3.1/${path}/+`,
    });
  });

  const single: [TopicScope, string][] = [
    [{ of: 'program', programId: 'p1' }, 'programs/p1'],
    [{ of: 'anyProgram', programId: 'p1' }, 'all/programs/p1'],
    [{ of: 'ven', venId: 'v1' }, 'vens/v1'],
  ];
  it.each(single)('a single object has no topic for its creation: %j', (scope, path) => {
    expect(topicsFor(scope)).toEqual({
      UPDATE: `openadr3/3.1/${path}/update`,
      DELETE: `openadr3/3.1/${path}/delete`,
      ALL: `openadr3/3.1/${path}/+`,
    });
    expect(topicFor(scope, 'CREATE')).toBeUndefined();
    expect(topicFor(scope, 'DELETE')).toBe(`openadr3/3.1/${path}/delete`);
  });

  it.each(['+', '#', 'a/b', '', 'ä', 'x'.repeat(129)])(
    'an id that could reach into other topics is refused: %j',
    (id) => {
      expect(() => topicsFor({ of: 'venEvents', venId: id })).toThrow(RangeError);
      expect(() => topicFor({ of: 'program', programId: id }, 'UPDATE')).toThrow(RangeError);
    },
  );
});
