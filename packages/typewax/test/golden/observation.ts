/** Owns what is seen of an execution: what sinks and inspectors got, and how much of it before the end of input. */

import type { Observed } from './cases.ts'

export class Observation implements Observed {
  readonly outputs: Record<string, unknown[]> = {}
  readonly parts: Record<string, Record<string, unknown[]>> = {}
  readonly inspected: Record<string, unknown[]> = {}
  /** Number of items that each output had when the last source said that it is at its end. */
  lengthsAtEnd: Record<string, number> = {}

  /** Forgets an execution. The arrays of outputs stay the same: sinks hold them. */
  clear(): void {
    for (const items of [...Object.values(this.outputs), ...Object.values(this.inspected)]) items.length = 0
    for (const stepId of Object.keys(this.parts)) this.parts[stepId] = {}
    this.lengthsAtEnd = {}
  }

  sourceEnded(): void {
    this.lengthsAtEnd = Object.fromEntries(Object.entries(this.outputs).map(([stepId, items]) => [stepId, items.length]))
  }

  /** A copy that later executions do not change. */
  snapshot(): Observation {
    return structuredClone({ ...this }) as Observation
  }
}
