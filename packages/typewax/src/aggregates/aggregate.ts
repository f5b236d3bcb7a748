/**
 * Owns the contract of aggregates: summaries of values that are fed value by value, merged with others of their kind and read at any time. It knows no
 * window and no stream. The members are properties with functions rather than methods, because the compiler compares those strictly: an aggregate of
 * orders given to a stream of numbers is found.
 */

/**
 * A summary of values: begun empty, fed value by value, merged with others of its kind, read at any time. All four functions are pure but for the
 * accumulators that they may change. An accumulator must be plain data: it is stored as state.
 *
 * @typeParam V The values that it takes.
 * @typeParam A Its accumulator.
 * @typeParam R What it gives.
 */
export interface Aggregate<in V, in out A, out R> {
  /** Makes the accumulator of no values, a new one at each call. */
  readonly create: () => A
  /** Takes a value in. May change and return the accumulator that it was given; that one is not used again. */
  readonly add: (accumulator: A, value: V) => A
  /**
   * Takes in an accumulator of values that came later. Associative. May change and return `into`, which is not used again. Must not change `from`, and
   * not return it: both are fed on.
   */
  readonly merge: (into: A, from: A) => A
  /** Reads the result. Must not change the accumulator, and what it gives must not change when the accumulator is fed on. */
  readonly result: (accumulator: A) => R
  /**
   * Whether the result depends on the order of values, other than by rounding. Then overlapping windows do not share accumulators: shared ones are merged
   * by time, whatever the order of arrival was. Default: it does not.
   */
  readonly isOrdered?: boolean
}

/** An aggregate that gives one of its values, or what it made of them: of no values there is nothing to give, and the result is `undefined`. */
export interface Selection<in V, in out A, out R> extends Aggregate<V, A, R> {
  /** The result of no values. A window always has one, so only `filtered` has to mind. */
  readonly ofNone: undefined
}

/** An aggregate whatever its accumulator is: nobody can feed it but with what it made itself. */
export interface AnyAggregate<in V, out R> {
  readonly create: () => unknown
  readonly add: (accumulator: never, value: V) => unknown
  readonly merge: (into: never, from: never) => unknown
  readonly result: (accumulator: never) => R
  readonly isOrdered?: boolean
}

/**
 * Aggregates of the same values by name, for a parameter: from `{ n: count(), mean: mean((order) => order.amount) }` the compiler infers `R` as
 * `{ n: number, mean: number }`, and `order` from `V`.
 */
export type Aggregates<in V, out R extends object> = { readonly [N in keyof R]: AnyAggregate<V, R[N]> }
