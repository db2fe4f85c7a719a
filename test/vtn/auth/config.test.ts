import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { authConfig } from '../../../vtn/auth/config.ts';

const example = readFileSync(new URL('../../../deploy/examples/vtn.yaml', import.meta.url), 'utf8');
const [, section = ''] = /^auth:\n((?: {2}.*\n)+)/m.exec(example) ?? [];
const sectionOf = (text: string) => parse(text) as Record<string, unknown>;

describe('the section auth of the example configuration', () => {
  it('shows the defaults', () => {
    const shown = sectionOf(section);
    expect(Object.keys(shown).length).toBeGreaterThan(5);
    expect(authConfig.parse({})).toMatchObject(shown);
  });

  it('is in order with what is commented out, and names every setting', () => {
    const all = sectionOf(section.replace(/^ {2}# /gm, '  '));
    const parsed = authConfig.parse(all);
    expect(parsed.externalIssuers).toHaveLength(1);
    expect(parsed.staticTokens).toHaveLength(1);
    expect(Object.keys(all).sort()).toEqual(Object.keys(authConfig.shape).sort());
  });
});
