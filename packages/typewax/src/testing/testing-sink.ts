/** Owns `TestingSink`: a sink that collects items in an array of the caller. */

import { DynamicSink, StatelessSinkPartition } from '../outputs/sink.ts'

/** Appends every item to an array. It is never emptied: an array used for two executions has the items of both. */
export class TestingSink<X> extends DynamicSink<X> {
  readonly #items: X[]

  constructor(items: X[]) {
    super()
    this.#items = items
  }

  override build(): StatelessSinkPartition<X> {
    return new TestingSinkPartition(this.#items)
  }
}

class TestingSinkPartition<X> extends StatelessSinkPartition<X> {
  readonly #items: X[]

  constructor(items: X[]) {
    super()
    this.#items = items
  }

  override writeBatch(items: readonly X[]): void {
    for (const item of items) this.#items.push(item)
  }
}
