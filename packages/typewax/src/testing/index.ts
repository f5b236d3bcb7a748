/** Entry point `typewax/testing`: what tests of flows and of connectors need. */

export type { ConformanceCase } from './conformance-case.ts'
export * from './dynamic-sink-conformance.ts'
export * from './dynamic-source-conformance.ts'
export { openFileCount } from './open-files.ts'
export type { FixedPartitionedSinkSetup, RefusedValue, SinkSetup } from './sink-bench.ts'
export * from './sink-conformance.ts'
export type { FixedPartitionedSourceSetup, SourceSetup } from './source-bench.ts'
export * from './source-conformance.ts'
export { TestClock, type TestClockOptions } from './test-clock.ts'
export { isEof, type PollOptions, pollItems, type TestContext, testContext } from './test-context.ts'
export { TestingSink } from './testing-sink.ts'
export { TestingSource, type TestingSourceOptions } from './testing-source.ts'
