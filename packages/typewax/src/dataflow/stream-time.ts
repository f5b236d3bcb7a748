/**
 * Owns what a plan says of stream time: which source partitions feed an `assignWatermarks` step, and whether every stream that needs watermarks has
 * them. Pure.
 */

import { quote, TypewaxError } from '../errors.ts'
import type { PlanStep } from './plan-step.ts'
import type { CoreOperation, StreamId } from './step.ts'

/** Steps whose batches hold items of one source partition if those that they got did. */
const KEEPS_SOURCES: ReadonlySet<CoreOperation['kind']> = new Set(['flatMapBatch', 'branch', 'merge', 'inspectDebug', 'assignWatermarks'])

/**
 * Gives the input steps whose partitions can be told apart in a step, in order; `undefined` if it cannot be told which partition an item comes from,
 * because a step on the way brings items of several together.
 */
export function inputsOf(step: PlanStep, steps: readonly PlanStep[]): readonly PlanStep[] | undefined {
  const producers = new Map<StreamId, PlanStep>(steps.flatMap((each) => each.downs.map((streamId) => [streamId, each] as const)))
  const found = new Set<PlanStep>()
  const waiting = [...step.ups]
  const seen = new Set<StreamId>()
  for (let streamId = waiting.pop(); streamId !== undefined; streamId = waiting.pop()) {
    if (seen.has(streamId)) continue
    seen.add(streamId)
    const producer = producers.get(streamId)
    if (producer?.operation.kind === 'input') found.add(producer)
    else if (producer !== undefined && KEEPS_SOURCES.has(producer.operation.kind)) waiting.push(...producer.ups)
    else return undefined
  }
  return steps.filter((each) => found.has(each))
}

/**
 * Checks that watermarks are assigned where they are needed, and can be.
 *
 * @throws `NO_WATERMARKS`, `INVALID_ARGUMENT`
 */
export function checkStreamTime(steps: readonly PlanStep[]): void {
  const marked = new Set<StreamId>()
  const gates = new Map<PlanStep, PlanStep>()
  for (const step of steps) {
    const hasWatermarks = step.ups.length > 0 && step.ups.every((streamId) => marked.has(streamId))
    const { operation } = step
    if (operation.kind === 'statefulBatch' && operation.needsWatermarks === true && !hasWatermarks) throw noWatermarks(step)
    if (operation.kind === 'assignWatermarks') checkSources(step, steps, gates)
    if (hasWatermarks || operation.kind === 'assignWatermarks') for (const streamId of step.downs) marked.add(streamId)
  }
}

/** @param gates By input, the step so far that holds its partitions back. */
function checkSources(step: PlanStep, steps: readonly PlanStep[], gates: Map<PlanStep, PlanStep>): void {
  const { operation, userStepId } = step
  if (operation.kind !== 'assignWatermarks') return
  const { idleAfterMs, maxAheadMs } = operation.options
  if (idleAfterMs === undefined && maxAheadMs === undefined) return
  const inputs = inputsOf(step, steps)
  if (inputs !== undefined) {
    if (maxAheadMs !== undefined) for (const input of inputs) checkGate(input, step, gates)
    return
  }
  const option = maxAheadMs === undefined ? 'idleAfterMs' : 'maxAheadMs'
  const message = `\`${option}\` of assignWatermarks ${quote(userStepId)} needs to know the source partition of each item, and a step before it brings items of several together (a stateful step, redistribute or mapAsync); assign watermarks before that step`
  throw new TypewaxError('INVALID_ARGUMENT', message, { stepId: userStepId })
}

/** Two that hold partitions of one input back could wait for each other for ever. */
function checkGate(input: PlanStep, step: PlanStep, gates: Map<PlanStep, PlanStep>): void {
  const first = gates.get(input)
  gates.set(input, step)
  if (first === undefined) return
  const { userStepId } = step
  const message = `\`maxAheadMs\` of assignWatermarks ${quote(userStepId)} holds back input ${quote(input.userStepId)}, as ${quote(first.userStepId)} does already; give it to one of them only`
  throw new TypewaxError('INVALID_ARGUMENT', message, { stepId: userStepId })
}

function noWatermarks({ userStepId, userOperator }: PlanStep): TypewaxError {
  const message = `${userOperator} ${quote(userStepId)} goes by the time of the stream (StreamClock, or the option \`timestamp\`), but a stream that leads to it has no watermarks; call \`assignWatermarks\` on it, after the input or where its items have timestamps`
  return new TypewaxError('NO_WATERMARKS', message, { stepId: userStepId })
}
