import { spawnSync } from 'node:child_process';
import { tempDir } from './temp-dir.ts';

/** A disk that is soon full. Undefined where this process may not mount one. */
export function smallDisk(sizeKiB: number): { path: string; remove(): Promise<void> } | undefined {
  const folder = tempDir();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'tmpfs', folder.path]);
  if (mounted.status !== 0) {
    void folder.remove();
    return undefined;
  }
  return {
    path: folder.path,
    async remove() {
      spawnSync('umount', [folder.path]);
      await folder.remove();
    },
  };
}
