/** Owns sources and sinks that do what they should, but for the methods that a case puts in their place, and the flows around them. */

import { Dataflow, EOF, type RunOptions, type RunReport, run, type Stream } from '../../src/index.ts'
import { DynamicSource, FixedPartitionedSource, type PartitionContext, type StatelessSourcePartition } from '../../src/inputs/source.ts'
import { DynamicSink, FixedPartitionedSink, type StatelessSinkPartition } from '../../src/outputs/sink.ts'
import { MemoryRecoveryStore } from '../../src/recovery/memory-store.ts'
import type { Bench } from './bench.ts'

/** Methods by name, of the source or sink and of its partitions. What they return is the point: nothing is typed. */
export type Methods = Readonly<Record<string, unknown>>

export type Pairs = readonly (readonly [key: string, value: unknown])[]

export const PAIRS: Pairs = [
  ['a', 1],
  ['b', 2],
  ['a', 3],
]

/** A partitioned source of one partition, `p`, that gives each item as a batch. */
export function source(bench: Bench, methods: Methods = {}, items: readonly unknown[] = PAIRS): FixedPartitionedSource<never, number> {
  return new (class extends FixedPartitionedSource<never, number> {
    listParts(): string[] {
      return call(methods, 'listParts', () => ['p'])
    }

    buildPart(_forPart: string, resumeState: number | undefined, context: PartitionContext): never {
      bench.watch(context)
      return call(methods, 'buildPart', () => sourcePart(methods, items, resumeState ?? 0))
    }
  })()
}

/** The same without positions. */
export function dynamicSource(bench: Bench, methods: Methods = {}): DynamicSource<never> {
  return new (class extends DynamicSource<never> {
    build(_workerIndex: number, _workerCount: number, context: PartitionContext): StatelessSourcePartition<never> {
      bench.watch(context)
      return call(methods, 'build', () => sourcePart(methods, PAIRS, 0))
    }
  })()
}

/** A source that never answers: what goes wrong elsewhere must not wait for it. */
export function silentSource(bench: Bench): FixedPartitionedSource<never, number> {
  return source(bench, { nextBatch: () => new Promise(() => {}) })
}

/** A partitioned sink of one partition, `p`, that takes everything. */
export function sink(bench: Bench, methods: Methods = {}): FixedPartitionedSink<unknown, number> {
  return new (class extends FixedPartitionedSink<unknown, number> {
    listParts(): string[] {
      return call(methods, 'listParts', () => ['p'])
    }

    override partFn(key: string): number {
      return call(methods, 'partFn', () => 0, key)
    }

    buildPart(_forPart: string, _resumeState: number | undefined, context: PartitionContext): never {
      bench.watch(context)
      return call(methods, 'buildPart', () => sinkPart(methods))
    }
  })()
}

/** The same without positions. */
export function dynamicSink(bench: Bench, methods: Methods = {}): DynamicSink<unknown> {
  return new (class extends DynamicSink<unknown> {
    build(_workerIndex: number, _workerCount: number, context: PartitionContext): StatelessSinkPartition<unknown> {
      bench.watch(context)
      return call(methods, 'build', () => sinkPart(methods))
    }
  })()
}

function sourcePart(methods: Methods, items: readonly unknown[], start: number): never {
  let position = start
  const defaults = {
    nextBatch: () => (position < items.length ? [items[position++]] : EOF),
    snapshot: () => position,
  }
  return { ...defaults, ...methods } as never
}

function sinkPart(methods: Methods): never {
  return { writeBatch: () => {}, snapshot: () => 0, ...methods } as never
}

function call<R>(methods: Methods, name: string, fallback: () => R, ...args: unknown[]): R {
  const method = methods[name] as ((...args: unknown[]) => R) | undefined
  return method === undefined ? fallback() : method(...args)
}

/** What is put in place in a flow `other, in, …steps, out`: whatever fails, `other` and `out` are watched. */
export interface FlowOptions {
  readonly source?: FixedPartitionedSource<never, unknown> | DynamicSource<never>
  readonly sink?: FixedPartitionedSink<never, unknown> | DynamicSink<unknown>
  /** From the input to the output. */
  readonly steps?: (up: Stream<never>) => Stream<unknown>
  /** A sink of the step `also`, which is built before `in`. */
  readonly also?: FixedPartitionedSink<never, unknown>
  /** Whether `other` ends. Default: it never answers. */
  readonly doesEnd?: boolean
}

/** Runs a flow in which something is wrong. */
export async function runFlow(bench: Bench, parts: FlowOptions, options: RunOptions = {}): Promise<RunReport> {
  return await run(makeFlow(bench, parts), { signal: bench.end, stopTimeoutMs: 0, ...options })
}

export function makeFlow(bench: Bench, { source: from, sink: to, steps, also, doesEnd = false }: FlowOptions): Dataflow {
  const flow = new Dataflow('flow')
  const other: Stream<never> = flow.input('other', doesEnd ? source(bench) : silentSource(bench))
  other.output('out_other', dynamicSink(bench))
  if (also !== undefined) other.output('also', also as never)
  const up: Stream<never> = flow.input('in', from ?? source(bench))
  const down = steps === undefined ? (up as Stream<never>) : steps(up)
  down.output('out', (to ?? dynamicSink(bench)) as DynamicSink<unknown>)
  return flow
}

/** Options with a store in memory and an epoch for each round. */
export function recovering(options: RunOptions = {}): RunOptions {
  return { recovery: new MemoryRecoveryStore({ now: () => 0 }), epochIntervalMs: 0, ...options }
}
