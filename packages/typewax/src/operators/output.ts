/** Owns the core operator `output`: where items leave the flow. */

import { compose, core } from '../dataflow/operator.ts'
import type { CoreOperation } from '../dataflow/step.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import type { Sink } from '../outputs/sink.ts'
import { keyed } from './key.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Writes every item to a sink. The end of a stream; a flow needs at least one `output`, `inspect` or `inspectDebug`.
     *
     * A partitioned sink takes `[key, value]` pairs and writes the values; a stream of pairs that is not keyed yet is keyed on the way.
     *
     * ```ts
     * counts.output('out', new DirSink('out', { fileCount: 4 }))
     * ```
     *
     * Anything but a sink: `NOT_A_SINK`.
     */
    output(stepId: string, sink: Sink<X>): void
  }
}

/** The function form of `stream.output`. */
export function output<X>(stepId: string, up: Stream<X>, sink: Sink<X>): void {
  if (needsKeys(sink) && !(up instanceof KeyedStream)) {
    compose('output', stepId, { up }, (inner) => write('output', keyed('keyed', inner.up as Stream<never>), sink))
  } else write(stepId, up, sink)
}

function write(stepId: string, up: Stream<unknown>, sink: unknown): void {
  const toOperation = (): CoreOperation => {
    if (isSink(sink)) return { kind: 'output', sink }
    throw new TypewaxError('NOT_A_SINK', `output ${quote(stepId)} needs a FixedPartitionedSink or a DynamicSink; got ${quote(sink)}`, { stepId })
  }
  core('output', stepId, { up }, toOperation, {})
}

function isSink(value: unknown): value is { readonly '~sink': string } {
  return typeof value === 'object' && value !== null && '~sink' in value
}

function needsKeys(sink: unknown): boolean {
  return isSink(sink) && sink['~sink'] === 'fixed-partitioned'
}
