/** Owns how typewax tells an answer that is there from one that will come: any object with a `then`, whoever made it. */

/** Takes in a promise where none belongs. That it is there is the error; should it reject, the process must not end of it before the run does. */
export function silence(value: unknown): void {
  if (isThenable(value)) value.then(undefined, () => {})
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
