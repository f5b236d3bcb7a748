/** Owns how the runtime tells an answer that is there from one that will come: any object with a `then`, whoever made it. */

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
