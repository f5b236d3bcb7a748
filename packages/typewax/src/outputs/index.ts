/** Entry point `typewax/outputs`: the sink contracts. */

export type { PartitionContext } from '../inputs/source.ts'
export * from './adler32.ts'
export * from './sink.ts'
