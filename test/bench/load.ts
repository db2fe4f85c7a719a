import autocannon from 'autocannon';

export interface LoadResult {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers by status, so that a row of errors cannot pass for speed. */
  statuses: Record<string, number>;
}

export interface Load {
  url: string;
  /** Sent in turn, over and over. */
  requests: { method: string; path: string; headers?: Record<string, string>; body?: string }[];
  connections?: number;
  seconds: number;
  expectStatus: number;
}

/** Drives a server with keep-alive connections and no think time. Rejects when any answer has another status. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const result = await autocannon({
    url: load.url,
    connections: load.connections ?? 64,
    duration: load.seconds,
    requests: load.requests.map((r) => ({ ...r, method: r.method as 'GET' })),
  });
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([code, { count }]) => [code, Number(count)]),
  );
  const wrong = Object.keys(statuses).filter((s) => s !== String(load.expectStatus));
  if (wrong.length > 0 || result.errors > 0) {
    throw new Error(
      `the load saw ${JSON.stringify(statuses)} and ${result.errors} errors; expected ${load.expectStatus}`,
    );
  }
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    statuses,
  };
}
