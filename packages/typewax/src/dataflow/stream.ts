/**
 * Owns the bare classes `Stream` and `KeyedStream`: a stream id and the scope it is used in. All operators are attached as methods by `fluent.ts`;
 * each operator's file adds its signature to the interfaces here.
 */

import type { Scope } from './scope.ts'
import type { StreamId } from './step.ts'

/** A mark that `create` alone can give: streams come from flows and operators. */
const CREATE: unique symbol = Symbol('create')

/** Items of type `X` flowing from one step to others. May be used any number of times: every consumer gets every item, the same object. */
export class Stream<out X> {
  /** Phantom: declared, never assigned. */
  declare readonly '~item': X
  readonly streamId: StreamId
  /** @internal Where steps that are applied to this stream land. */
  readonly scope: Scope

  /** @internal */
  protected constructor(streamId: StreamId, scope: Scope, mark: symbol) {
    if (mark !== CREATE) throw new TypeError('streams are made by `flow.input` and by operators')
    this.streamId = streamId
    this.scope = scope
  }

  /** @internal */
  static create<X>(streamId: StreamId, scope: Scope): Stream<X> {
    return new Stream(streamId, scope, CREATE)
  }

  /** The id of the flow this stream belongs to. */
  get flowId(): string {
    return this.scope.flowId
  }
}

/** A stream whose items are `[key, value]` pairs with string keys. Only here are the operators that keep state. */
export class KeyedStream<out V> extends Stream<[key: string, value: V]> {
  /** @internal Declared again because a protected constructor can be called only where it is declared. */
  protected constructor(streamId: StreamId, scope: Scope, mark: symbol) {
    super(streamId, scope, mark)
  }

  /** @internal */
  static override create<V>(streamId: StreamId, scope: Scope): KeyedStream<V> & Stream<never> {
    return new KeyedStream(streamId, scope, CREATE) as KeyedStream<V> & Stream<never>
  }
}
