/** A linear program, minimised, in the layout that the solver takes: rows one after the other, each with its columns. */
export interface LinearProgram {
  numCols: number;
  numRows: number;
  colCost: number[];
  colLower: number[];
  colUpper: number[];
  rowLower: number[];
  rowUpper: number[];
  /** 0 continuous, 1 integer, by column. */
  integrality: (0 | 1)[];
  matrix: {
    format: 'csr';
    numRows: number;
    numCols: number;
    starts: number[];
    indices: number[];
    values: number[];
  };
}

/** A column and its coefficient. */
export type Term = readonly [column: number, coefficient: number];

/** Puts a linear program together, column by column and row by row. */
export class ProgramBuilder {
  readonly #columns: { cost: number; lower: number; upper: number; integer: boolean }[] = [];
  readonly #rows: { lower: number; upper: number; terms: readonly Term[] }[] = [];

  /** @returns the column's number */
  column(lower: number, upper: number, cost = 0, integer = false): number {
    return this.#columns.push({ cost, lower, upper, integer }) - 1;
  }

  row(lower: number, upper: number, terms: readonly Term[]): void {
    this.#rows.push({ lower, upper, terms });
  }

  build(): LinearProgram {
    const [columns, rows] = [this.#columns, this.#rows];
    const starts = [0];
    for (const { terms } of rows) starts.push((starts.at(-1) ?? 0) + terms.length);
    return {
      numCols: columns.length,
      numRows: rows.length,
      colCost: columns.map((c) => c.cost),
      colLower: columns.map((c) => c.lower),
      colUpper: columns.map((c) => c.upper),
      rowLower: rows.map((r) => r.lower),
      rowUpper: rows.map((r) => r.upper),
      integrality: columns.map((c) => (c.integer ? 1 : 0)),
      matrix: {
        format: 'csr',
        numRows: rows.length,
        numCols: columns.length,
        starts,
        indices: rows.flatMap((r) => r.terms.map(([column]) => column)),
        values: rows.flatMap((r) => r.terms.map(([, value]) => value)),
      },
    };
  }
}
