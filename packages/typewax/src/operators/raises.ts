/** Owns `raises`: the end of a stream on which nothing must ever come. */

import { compose } from '../dataflow/operator.ts'
import type { Stream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import { DynamicSink, StatelessSinkPartition } from '../outputs/sink.ts'
import { output } from './output.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Ends the run with `UNEXPECTED_ITEM` at the first item. For streams of failures that nobody handles.
     *
     * ```ts
     * lines.tryMap('json', parse).errs.raises('no-errors')
     * ```
     */
    raises(stepId: string): void
  }
}

/** The function form of `stream.raises`. */
export function raises(stepId: string, up: Stream<unknown>): void {
  compose('raises', stepId, { up }, (inner, fullId) => output('output', inner.up, new RaisingSink(fullId)))
}

class RaisingSink extends DynamicSink<unknown> {
  readonly #stepId: string

  constructor(stepId: string) {
    super()
    this.#stepId = stepId
  }

  override build(): RaisingPartition {
    return new RaisingPartition(this.#stepId)
  }
}

class RaisingPartition extends StatelessSinkPartition<unknown> {
  readonly #stepId: string

  constructor(stepId: string) {
    super()
    this.#stepId = stepId
  }

  override writeBatch(items: readonly unknown[]): void {
    if (items.length === 0) return
    throw new TypewaxError('UNEXPECTED_ITEM', `no item may come to raises ${quote(this.#stepId)}; got ${quote(items[0])}`, { stepId: this.#stepId })
  }
}
