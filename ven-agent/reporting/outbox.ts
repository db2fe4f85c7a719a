import type { AgentDatabase } from '../database.ts';

export interface OutboxLimits {
  maxBytes: number;
  maxAgeMs: number;
}

export interface QueuedReport {
  seq: number;
  name: string;
  body: string;
}

export interface OutboxCounts {
  waiting: number;
  bytes: number;
  oldestMs?: number;
  dead: number;
  dropped: number;
}

const DEFAULT_LIMITS: OutboxLimits = { maxBytes: 64 * 1024 * 1024, maxAgeMs: 30 * 86_400_000 };

/**
 * Reports that the VTN has not acknowledged. What `add` returned from survives kill -9 and power loss. In order of
 * `seq`, not of the clock. Bounded: before the oldest are dropped, every second of the older half is.
 */
export class ReportOutbox {
  readonly #db: AgentDatabase;
  readonly #limits: OutboxLimits;
  #held: { n: number; bytes: number } | undefined;

  constructor(db: AgentDatabase, limits: OutboxLimits = DEFAULT_LIMITS) {
    this.#db = db;
    this.#limits = limits;
  }

  /**
   * Takes a report in; one of the same name that still waits is replaced.
   *
   * @throws when the disk refuses
   */
  add(name: string, body: string, nowMs: number): void {
    this.#changing(() => {
      this.#remove('name', name);
      this.#db.prepare('INSERT INTO reports (name, created_ms, body) VALUES (?, ?, ?)').run(name, nowMs, body);
      this.#hold(1, Buffer.byteLength(body));
      this.#bound(nowMs);
    });
  }

  /** The newest report; undefined when all are acknowledged. */
  newest(): QueuedReport | undefined {
    return this.#db.prepare<[], QueuedReport>('SELECT seq, name, body FROM reports ORDER BY seq DESC LIMIT 1').get();
  }

  /** The oldest that wait, oldest first. */
  oldest(limit: number): QueuedReport[] {
    return this.#db
      .prepare<[number], QueuedReport>('SELECT seq, name, body FROM reports ORDER BY seq LIMIT ?')
      .all(limit);
  }

  /** The VTN has it. */
  acknowledge(seq: number): void {
    this.#changing(() => this.#remove('seq', seq));
  }

  /** The VTN will never take it: it is put aside with the answer and blocks nothing. */
  bury(seq: number, status: number, answer: string): void {
    this.#changing(() => {
      this.#db
        .prepare(
          `INSERT OR REPLACE INTO dead_reports (seq, name, created_ms, body, status, answer)
           SELECT seq, name, created_ms, body, ?, ? FROM reports WHERE seq = ?`,
        )
        .run(status, answer.slice(0, 2000), seq);
      this.#remove('seq', seq);
      this.#db
        .prepare(
          'DELETE FROM dead_reports WHERE seq NOT IN (SELECT seq FROM dead_reports ORDER BY seq DESC LIMIT 1000)',
        )
        .run();
    });
  }

  counts(): OutboxCounts {
    const { n: waiting, bytes } = this.#totals();
    const dead = this.#number('SELECT count(*) AS n FROM dead_reports');
    const counts: OutboxCounts = { waiting, bytes, dead, dropped: this.#dropped() };
    // Ages follow the order in which reports came in.
    if (waiting > 0) counts.oldestMs = this.#number('SELECT created_ms AS n FROM reports ORDER BY seq LIMIT 1');
    return counts;
  }

  /** One transaction; what is remembered about the table follows it or is forgotten. */
  #changing(change: () => void): void {
    this.#totals();
    try {
      this.#db.transaction(change)();
    } catch (error) {
      this.#held = undefined;
      throw error;
    }
  }

  #bound(nowMs: number): void {
    const { maxAgeMs, maxBytes } = this.#limits;
    let dropped = this.#drop('created_ms < ?', nowMs - maxAgeMs);
    if (this.#totals().bytes > maxBytes) {
      dropped += this.#drop(
        `seq IN (
           SELECT seq FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS n, count(*) OVER () AS total FROM reports)
           WHERE n <= total / ? AND n % 2 = 0)`,
        2,
      );
    }
    while (this.#totals().bytes > maxBytes && this.#totals().n > 1) {
      const some = Math.min(100, this.#totals().n - 1);
      dropped += this.#drop('seq IN (SELECT seq FROM reports ORDER BY seq LIMIT ?)', some);
    }
    if (dropped === 0) return;
    this.#db
      .prepare("INSERT OR REPLACE INTO facts (name, value) VALUES ('droppedReports', ?)")
      .run(String(this.#dropped() + dropped));
  }

  #drop(where: string, value: number): number {
    const { changes } = this.#db.prepare(`DELETE FROM reports WHERE ${where}`).run(value);
    if (changes > 0) this.#held = undefined;
    return changes;
  }

  #remove(column: 'seq' | 'name', value: number | string): void {
    const row = this.#db
      .prepare<[number | string], { bytes: number }>(
        `DELETE FROM reports WHERE ${column} = ? RETURNING length(CAST(body AS BLOB)) AS bytes`,
      )
      .get(value);
    if (row !== undefined) this.#hold(-1, -row.bytes);
  }

  #hold(n: number, bytes: number): void {
    const held = this.#totals();
    this.#held = { n: held.n + n, bytes: held.bytes + bytes };
  }

  /** Counted once and then kept up: a long backlog is not read through at every report. */
  #totals(): { n: number; bytes: number } {
    this.#held ??= this.#db
      .prepare<[], { n: number; bytes: number }>(
        'SELECT count(*) AS n, coalesce(sum(length(CAST(body AS BLOB))), 0) AS bytes FROM reports',
      )
      .get();
    return this.#held ?? { n: 0, bytes: 0 };
  }

  #dropped(): number {
    return this.#number(
      "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'droppedReports'), 0) AS n",
    );
  }

  #number(sql: string): number {
    return this.#db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
  }
}
