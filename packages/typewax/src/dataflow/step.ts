/**
 * Owns the description of a step as plain data: what a `Dataflow` is made of. Nothing here executes anything; user functions are carried as values.
 * A runtime implements the kinds of `CoreOperation` and nothing else.
 */

import type { Awaitable } from '../inputs/source.ts'

/** Id of a stream: the id of the core step that makes it, a dot, the name of its port. */
export type StreamId = string

/** Named place where streams enter or leave a step. An input port of `merge` holds several streams. */
export interface Port {
  readonly name: string
  readonly streamIds: readonly StreamId[]
}

/** A step: core (it has a `core` operation) or composed of `substeps`. */
export interface Step {
  /** Full id: flow id and step names from the outside in, joined by dots. The identity for recovery, errors and metrics. */
  readonly stepId: string
  /** Last part of the id, as given by the user. */
  readonly name: string
  /** Name of the operator, such as `map`. */
  readonly operator: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly substeps: readonly Step[]
  readonly core?: CoreOperation
}

/** The operations that a runtime must implement. */
export type CoreOperation =
  | { readonly kind: 'input'; readonly source: unknown }
  | { readonly kind: 'output'; readonly sink: unknown }
  | { readonly kind: 'flatMapBatch'; readonly transform: Transform }
  | { readonly kind: 'branch'; readonly predicate: (item: unknown) => boolean }
  | { readonly kind: 'merge' }
  | { readonly kind: 'redistribute' }
  | { readonly kind: 'inspectDebug'; readonly inspector: Inspector }
  | { readonly kind: 'statefulBatch'; readonly builder: AnyLogicBuilder; readonly granularity: 'batch' | 'item'; readonly needsWatermarks?: boolean }
  | { readonly kind: 'mapAsync'; readonly mapper: AsyncMapper; readonly options: MapAsyncSettings }
  | { readonly kind: 'assignWatermarks'; readonly timestamp: (item: unknown) => number; readonly options: WatermarkSettings }

/**
 * What `flatMapBatch` does to a batch: a user's function of the whole batch, or one of the shapes that are so common that a runtime has a loop for
 * each and can fuse them. `on: 'value'` works on the values of a keyed stream and leaves the keys; `on: 'item'` sees items, pairs if keyed.
 */
export type Transform =
  | { readonly shape: 'batch'; readonly fn: (items: readonly unknown[]) => Iterable<unknown> }
  | { readonly shape: 'map'; readonly on: 'item' | 'value'; readonly fn: ItemFunction<unknown> }
  | { readonly shape: 'filter'; readonly on: 'item' | 'value'; readonly fn: ItemFunction<boolean> }
  /** With `isPure` nobody sees whether the function is called: not at all, if nobody reads the stream. */
  | { readonly shape: 'filterMap'; readonly on: 'item' | 'value'; readonly fn: ItemFunction<unknown>; readonly isPure?: boolean }
  | { readonly shape: 'flatMap'; readonly on: 'item' | 'value'; readonly fn: ItemFunction<Iterable<unknown>> }
  /** Makes a stream keyed by a function of the item. */
  | { readonly shape: 'keyOn'; readonly fn: (item: unknown) => string }
  /** Makes a stream of `[key, value]` pairs keyed. */
  | { readonly shape: 'keyed' }
  /** Drops the keys. */
  | { readonly shape: 'keyRm' }

/** Called with the item, or with value and key where it works on values. */
export type ItemFunction<R> = (item: unknown, key: string) => R

export type Inspector = (stepId: string, item: unknown, epoch: number, workerIndex: number) => void

/** Tells a mapper of `mapAsync` where it runs. `signal` fires when the call times out or the execution ends. */
export interface AsyncContext {
  readonly stepId: string
  readonly signal: AbortSignal
  /** 0 at the first try. */
  readonly attempt: number
}

export type AsyncMapper = (item: unknown, context: AsyncContext) => Awaitable<unknown>

/** How a failed call of a mapper of `mapAsync` is tried again. */
export interface RetryOptions {
  /** Tries in all, at least 1. */
  readonly maxAttempts: number
  /** Pause before the second try, in milliseconds (default 100); it doubles with each further one, and half of it is random. */
  readonly backoffMs?: number
  /** Longest pause, in milliseconds (default 30,000). */
  readonly maxBackoffMs?: number
  /** Says whether an error is worth another try. Default: all are. */
  readonly isRetryable?: (error: unknown) => boolean
}

export interface MapAsyncSettings {
  /** Whether results leave in the order of their items. */
  readonly ordered: boolean
  /** Greatest number of items of a worker whose calls have not ended. */
  readonly maxInFlight: number
  /** Of each single try. */
  readonly timeoutMs: number | undefined
  readonly retry: RetryOptions | undefined
  /** Gives the result of an item whose last try failed or timed out. `undefined`: the failure ends the run. */
  readonly recover: ((item: unknown, error: unknown) => unknown) | undefined
}

/** How watermarks follow from the timestamps of a stream. All in milliseconds. */
export interface WatermarkSettings {
  /** How far an item may be behind the latest one of its source partition. */
  readonly outOfOrdernessMs: number
  /** A source partition that gave nothing for so long is left out of the minimum. `undefined`: never. */
  readonly idleAfterMs: number | undefined
  /** A source partition that is so far ahead of the slowest is not polled. `undefined`: always. */
  readonly maxAheadMs: number | undefined
}

// ---------------------------------------------------------------- state

/** Keep the logic of this key. */
export const RETAIN = false
/** Drop the logic of this key and its state; the next value of the key builds a new one. */
export const DISCARD = true

/** A literal array returned by a lambda infers as a tuple, so that `(w) => [w, 1]` gives `[string, number]`. */
export type Tuple<Y> = Y | []

/** Stands for a state whose type nothing tells, so that the compiler's message says what to do. */
export interface AnnotateTheStateParameter {
  readonly '~annotate': 'write (state: MyState | undefined, …) => …'
}

/** What a logic answers: values to emit, and whether to drop the logic (`DISCARD`). Arrays are fastest. */
export type Emit<W> = readonly [emit: Iterable<W>, discard?: boolean]

/** The answer of a logic that emits nothing and stays. A runtime knows it without looking inside. */
export const NOTHING: Emit<never> = [[], RETAIN]

/** Which parts of a logic's state changed since it was last asked, for logics that keep parts under sub-keys. One that is in both has changed. */
export interface SubKeyChanges {
  readonly changed: Iterable<string>
  readonly removed: Iterable<string>
}

/** The methods that logics of every kind share. */
export interface Logic<out W, out S, out P = never> {
  /** Name of the user's function that `onItem` or `onBatch` calls, for messages: for operators that are built on `stateful`. */
  readonly callee?: string
  /** Handles a due notification. **Called** once for each time that `notifyAt` asked for. Default: nothing is emitted, the logic stays. */
  onNotify?(): Emit<Tuple<W>>
  /** Handles the end of all input of the step. **Called** once, keys in ascending order of their UTF-8 bytes. Pending notifications die. */
  onEof?(): Emit<Tuple<W>>
  /**
   * Says when to be notified, in milliseconds since the epoch. `undefined`: not at all.
   *
   * - **Called** after the logic was built from a snapshot and after each call that kept it. The latest answer counts.
   */
  notifyAt?(): number | undefined
  /**
   * Handles the watermark of the stream reaching a time that `notifyAtWatermark` asked for. Default: nothing is emitted, the logic stays.
   *
   * - **Called** once for each time asked for, in order of time over all keys of the worker, keys at the same time in an order that is always the same, whatever the steps in
   *   which the watermark moves. Values that came before the watermark have been handled.
   */
  onWatermark?(timeMs: number): Emit<Tuple<W>>
  /**
   * Says at which watermark of the stream to be called, in milliseconds since the epoch; at once if it has passed that. `undefined`: not at all.
   *
   * - **Called** like `notifyAt`. The latest answer counts. Nothing is called back for it at the end of input: `onEof` is.
   */
  notifyAtWatermark?(): number | undefined
  /**
   * Gives the state, from which a builder can make an equal logic. Plain data.
   *
   * - **Called** at the end of each epoch in which the logic was called. It is serialised before any logic is called again, so a live object may be
   *   returned, but not one that logics of several keys share.
   */
  snapshot(): S
  /**
   * Gives the sub-keys of what changed, and forgets that it changed. With it and `snapshotSubKey`, a logic with much state of which little changes
   * is not rewritten whole: the builder gets all parts back as its third argument. `snapshot` then gives only what is not in parts.
   *
   * - **Called** right after `snapshot`.
   */
  subKeyChanges?(): SubKeyChanges
  /** Gives the part of the state under a sub-key. **Called** for each changed one, and now and then for others when the store is compacted. */
  snapshotSubKey?(subKey: string): P
}

/** Logic of one key that sees values in batches. */
export interface StatefulBatchLogic<in V, out W, out S, out P = never> extends Logic<W, S, P> {
  /** Handles the values of this key in a batch, in order of arrival; never none. Batch boundaries mean nothing. */
  onBatch(values: readonly V[]): Emit<Tuple<W>>
}

/** Logic of one key that sees one value at a time. */
export interface StatefulLogic<in V, out W, out S, out P = never> extends Logic<W, S, P> {
  /** Handles a value. */
  onItem(value: V): Emit<Tuple<W>>
}

export type AnyLogic = Logic<unknown, unknown, unknown> & {
  onBatch?(values: readonly unknown[]): Emit<unknown>
  onItem?(value: unknown): Emit<unknown>
}

/** What a logic may ask of its surroundings. */
export interface LogicContext {
  /** Milliseconds since the epoch, by the clock of the run: the one that `notifyAt` is measured by. */
  now(): number
  /**
   * The watermark of the stream: no item with an earlier timestamp is expected, by what `assignWatermarks` was told. `-Infinity` before the first one,
   * and without `assignWatermarks` upstream. Never goes back.
   */
  watermark(): number
}

/** Builds the logic of a key: anew (`resumeState` is `undefined`), or from its snapshot and the parts of its state under sub-keys. */
export type LogicBuilder<L, S, P = never> = (resumeState: S | undefined, key: string, parts: ReadonlyMap<string, P>, context: LogicContext) => L
export type AnyLogicBuilder = LogicBuilder<AnyLogic, unknown, unknown>
