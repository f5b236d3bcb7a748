/** Owns going on with a value that may be a promise, without a turn of the event loop where it is not. */

import type { Awaitable } from '../../inputs/source.ts'

/** Calls `next` with the value: at once if it is there, otherwise when the promise resolves. */
export function whenReady<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
