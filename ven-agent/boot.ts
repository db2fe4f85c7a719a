import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';

/**
 * A text that changes at every boot of the machine: after a power outage cached orders are void (User Guide 8.10.1).
 * Where the kernel gives no boot id, the time of boot stands for it; when that is doubtful the cache counts as older.
 */
export function bootId(clock: Clock): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    const bootedMs = clock.nowMs() - uptime() * 1000;
    return `booted-${Math.round(bootedMs / 60_000)}`;
  }
}
