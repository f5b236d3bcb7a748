/** Owns what the benchmarks share: the median of their figures, and what is written down of the machine. */

import { cpus } from 'node:os'

/** The machine that a figure was measured on. */
export interface Machine {
  readonly node: string
  readonly cpu: string | undefined
  readonly cores: number
}

export const machine: Machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }

/** Of an even number of values the greater one of the two in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] as number
}
