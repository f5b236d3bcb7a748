/** Owns promises that a test settles when it likes, and the end of a turn of the event loop. */

export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle! }
}

/** Resolves when everything that is due now is done. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export async function collect<X>(items: AsyncIterable<X>): Promise<X[]> {
  const all: X[] = []
  for await (const item of items) all.push(item)
  return all
}
