/** Owns the sink of the tests: an array that a resumed execution finds as it was at its resume point, so that every row is in it exactly once. */

import { FixedPartitionedSink, StatefulSinkPartition } from 'typewax/outputs'

export class RowsSink<R> extends FixedPartitionedSink<R, number> {
  /** What was written so far. */
  readonly rows: R[] = []

  listParts(): string[] {
    return ['rows']
  }

  buildPart(_forPart: string, resumeState: number | undefined): StatefulSinkPartition<R, number> {
    this.rows.length = resumeState ?? 0
    return new RowsPartition(this.rows)
  }
}

class RowsPartition<R> extends StatefulSinkPartition<R, number> {
  readonly #rows: R[]

  constructor(rows: R[]) {
    super()
    this.#rows = rows
  }

  writeBatch(rows: readonly R[]): void {
    for (const row of rows) this.#rows.push(row)
  }

  snapshot(): number {
    return this.#rows.length
  }
}
