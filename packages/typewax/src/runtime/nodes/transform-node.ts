/** Owns the execution of `flatMapBatch`: runs the transform of the step over each batch, in chunks if it expands. */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { Transform } from '../../dataflow/step.ts'
import type { Batch } from '../batch.ts'
import type { Channel, Outlet } from '../channel.ts'
import { PipeNode, type Rest } from '../node.ts'
import { expandLoop } from '../transform/expand.ts'
import { type SimpleLoop, simpleLoop } from '../transform/simple.ts'
import type { WorkerContext } from '../worker-context.ts'

export class TransformNode extends PipeNode {
  readonly #simple: SimpleLoop | undefined
  readonly #transform: Transform
  readonly #isPure: boolean

  constructor(step: PlanStep, transform: Transform, channels: readonly Channel[], context: WorkerContext) {
    super(step, channels, context)
    this.#transform = transform
    this.#isPure = transform.shape === 'filterMap' && transform.isPure === true
    this.#simple = simpleLoop(step, transform)
  }

  protected override onBatch(batch: Batch): Rest | undefined {
    const [outlet] = this.outlets as [Outlet]
    if (this.#isPure && !outlet.isRead) return undefined
    outlet.source = batch.source
    if (this.#simple !== undefined) {
      outlet.emit(this.#simple(batch))
      return undefined
    }
    const rest = expandLoop(this.step, this.#transform, batch, outlet)
    return rest() ? undefined : rest
  }
}
