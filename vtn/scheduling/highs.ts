import highs from 'highs';
import type { Highs } from 'highs';

/** Loads the solver (WebAssembly). The package's types describe its CommonJS build only, whose default export is one level deeper. */
export const loadHighs = highs as unknown as () => Promise<Highs>;
