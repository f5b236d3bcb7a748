/** Entry point `typewax`: define a dataflow and run it. */

import './fluent.ts'

export { Dataflow, isDataflow } from './dataflow/dataflow.ts'
export { type Logger, silentLogger } from './dataflow/logger.ts'
export type { Operator } from './dataflow/operator.ts'
export {
  type AsyncContext,
  DISCARD,
  type Emit,
  type Logic,
  type LogicBuilder,
  type LogicContext,
  RETAIN,
  type RetryOptions,
  type StatefulBatchLogic,
  type StatefulLogic,
  type SubKeyChanges,
} from './dataflow/step.ts'
// With `*`, so that `declare module 'typewax' { interface Stream<out X> { … } }` adds to the class and does not hide it.
export * from './dataflow/stream.ts'
export { days, hours, milliseconds, minutes, seconds } from './durations.ts'
export { type ErrorCode, type ErrorDomain, isTypewaxError, TypewaxError } from './errors.ts'
export { AbortExecution, type Batch, type EndOfInput, EOF, type PartitionContext, type Source } from './inputs/source.ts'
export type { AsOfJoinOptions, IntervalJoinOptions, JoinKind, JoinOut, LookupJoinOptions } from './joins/index.ts'
export type {
  AssignWatermarksOptions,
  Branches,
  CollectOptions,
  DedupeOptions,
  EmitMode,
  EnrichOptions,
  Failure,
  Identity,
  InsertMode,
  JoinOptions,
  JoinRow,
  MapAsyncOptions,
  Session,
  ThrottleOptions,
  TimeOptions,
  TopKOptions,
  Tried,
  TtlCache,
  TtlOptions,
} from './operators/index.ts'
export type { Sink } from './outputs/sink.ts'
export { run } from './run.ts'
export type { Guarantee, RunOptions, RunProgress, RunReport, RunStart, StepReport } from './runtime/options.ts'
export type { WindowMetadata, WindowOptions, WindowOut } from './windowing/index.ts'
