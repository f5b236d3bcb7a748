/** Owns what a worker counts: items by step, how far its source partitions are, and when that is told. */

import type { PlanStep } from '../dataflow/plan.ts'
import type { PartitionProgress } from '../inputs/source.ts'
import type { Graph } from './build.ts'
import { sourceFailure } from './failure.ts'
import type { Host } from './host.ts'
import type { SourceProgress, StepReport } from './options.ts'

export function stepReports(graph: Graph): StepReport[] {
  return graph.nodes.map(({ step, itemsIn, outlets }) => ({
    stepId: step.stepId,
    operator: step.userOperator,
    itemsIn,
    itemsOut: outlets.reduce((sum, outlet) => sum + outlet.itemCount, 0),
  }))
}

export function sourceProgress(graph: Graph): SourceProgress[] {
  return graph.inputs.flatMap(({ step, pumps }) =>
    pumps.flatMap(({ partKey, partition }) => {
      const progress = 'progress' in partition ? progressOf(step, partKey, partition) : undefined
      return progress === undefined ? [] : [{ stepId: step.stepId, partKey, ...progress }]
    }),
  )
}

function progressOf(step: PlanStep, partKey: string, partition: { progress?(): PartitionProgress | undefined }): PartitionProgress | undefined {
  try {
    return partition.progress?.()
  } catch (error) {
    throw sourceFailure(step, 'progress', error, { partKey })
  }
}

/** The counters of all workers together. */
export function addedUp(counts: readonly (readonly StepReport[])[]): StepReport[] {
  const [first = [], ...others] = counts
  return first.map((step, index) => ({
    ...step,
    itemsIn: others.reduce((sum, steps) => sum + (steps[index]?.itemsIn ?? 0), step.itemsIn),
    itemsOut: others.reduce((sum, steps) => sum + (steps[index]?.itemsOut ?? 0), step.itemsOut),
  }))
}

/** Calls `tell` by a timer of its own. Returns what ends that, with a last call. */
export function tellRegularly(host: Host, intervalMs: number, tell: (isEnd: boolean) => void): () => void {
  const tick = (): void => {
    tell(false)
    cancel = host.setTimer(intervalMs, tick)
  }
  let cancel = host.setTimer(intervalMs, tick)
  return () => {
    cancel()
    tell(true)
  }
}
