import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkArchitecture, importsOf, readSourceTree } from './support/architecture-rules.ts';

const root = join(import.meta.dirname, '..');

function declaredPackages(): Record<string, string[]> {
  return Object.fromEntries(
    ['shared', 'vtn', 'ven-agent'].map((workspace) => {
      const json = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
      return [workspace, Object.keys({ ...json.dependencies, ...json.optionalDependencies })];
    }),
  );
}

const check = (files: Record<string, string>) =>
  checkArchitecture(new Map(Object.entries(files)), { vtn: ['express', '@openadr-gateway/shared'], shared: ['zod'] });

describe('the rules of the house', () => {
  it('hold in the source tree', () => {
    const tree = readSourceTree(root);
    expect(tree.size).toBeGreaterThan(10);
    expect(checkArchitecture(tree, declaredPackages())).toEqual([]);
  });
});

describe('the checker can fail', () => {
  it('when shared imports the server', () => {
    expect(check({ 'shared/retry.ts': `import { x } from '../vtn/main.ts';` })).toMatchObject([{ rule: 'arrow' }]);
  });

  it('when the server and the agent import each other, types and dynamic imports included', () => {
    const violations = check({
      'vtn/a.ts': `import type { A } from '../ven-agent/agent.ts';`,
      'ven-agent/b.ts': `const b = await import('../vtn/main.ts');`,
      'ven-agent/c.ts': `export * from '@openadr-gateway/vtn/config.ts';`,
    });
    expect(violations.filter((v) => v.rule === 'arrow').map((v) => v.file)).toEqual([
      'vtn/a.ts',
      'ven-agent/b.ts',
      'ven-agent/c.ts',
    ]);
  });

  it('when a pure file reads the clock, throws dice, waits or touches the machine', () => {
    for (const code of [
      'const t = Date.now();',
      'const t = new Date();',
      'const r = Math.random();',
      'setTimeout(f, 1);',
      `import { readFileSync } from 'node:fs';`,
      `import { Store } from '../store/store.ts';`,
      `import express from 'express';`,
    ]) {
      expect(check({ 'vtn/translation/plan.ts': code }), code).toMatchObject([{ rule: 'purity' }]);
    }
  });

  it('when a workspace uses a package that it does not declare', () => {
    expect(check({ 'vtn/x.ts': `import { z } from 'zod';` })).toMatchObject([{ rule: 'undeclared-package' }]);
  });

  it('when the translation grows beyond one sitting', () => {
    expect(check({ 'vtn/translation/plan.ts': '\n'.repeat(601) })).toMatchObject([{ rule: 'translation-size' }]);
  });

  it('and lets pure files import pure files, types of anything, and name impure things in comments', () => {
    expect(
      check({
        'vtn/translation/plan.ts': [
          `import type { Db } from '../store/store.ts';`,
          `import { slot } from '@openadr-gateway/shared/time/slot.ts';`,
          `import {\n  computed,\n} from '../domain/computed-limits.ts';`,
          `// never Date.now() here`,
          `/* nor Math.random() */ const day = new Date(0);`,
        ].join('\n'),
      }),
    ).toEqual([]);
  });

  it('because it finds every form of import', () => {
    const text = `import a from 'a';\nimport {\n b,\n c } from "b";\nimport 'side';\nexport * from './d.ts';\nimport type { E } from 'e';`;
    expect(importsOf(text)).toEqual([
      { specifier: 'a', typeOnly: false },
      { specifier: 'b', typeOnly: false },
      { specifier: 'side', typeOnly: false },
      { specifier: './d.ts', typeOnly: false },
      { specifier: 'e', typeOnly: true },
    ]);
  });
});
