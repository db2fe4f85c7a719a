import { expect, it } from 'vitest';
import { workerFile } from '../../vtn/worker-file.ts';

it('a worker’s file is next to the module that is running: bundled or source', () => {
  expect(workerFile('file:///opt/vtn/dist/vtn.js', 'solver-worker').href).toBe('file:///opt/vtn/dist/solver-worker.js');
  const module = new URL('../../vtn/notify/broker.ts', import.meta.url).href;
  const source = decodeURIComponent(workerFile(module, 'broker-worker').href);
  expect(source).toMatch(/^data:text\/javascript,.*vtn\/notify\/broker-worker\.ts/);
});
