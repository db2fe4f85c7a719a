import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock ticks a second that /proc counts CPU time in; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface Footprint {
  rssMb: number;
  peakRssMb: number;
  /** Share of one core, percent. */
  cpuPercent: number;
}

/** Resident memory and CPU use of a running process over some seconds, as Linux accounts for them. */
export async function footprint(pid: number, seconds: number): Promise<Footprint> {
  const ticksBefore = cpuTicks(pid);
  const startedMs = performance.now();
  await delay(seconds * 1000);
  const elapsedS = (performance.now() - startedMs) / 1000;
  return {
    rssMb: statusMb(pid, 'VmRSS'),
    peakRssMb: peakRssMb(pid),
    cpuPercent: ((cpuTicks(pid) - ticksBefore) / TICKS_PER_SECOND / elapsedS) * 100,
  };
}

/** The most memory that was resident so far. */
export function peakRssMb(pid: number): number {
  return statusMb(pid, 'VmHWM');
}

function statusMb(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** The child of `parentPid` whose command line contains `part`. */
export function childOf(parentPid: number, part: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const parent = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
      if (parent === parentPid && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(part)) return Number(entry);
    } catch {
      // The process ended while we looked.
    }
  }
  throw new Error(`no child of ${parentPid} runs ${part}`);
}
