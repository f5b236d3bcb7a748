/** Owns random dataflows without state, and the naive model of what becomes of their items: arrays, one step after the other. */

import fc from 'fast-check'
import { Dataflow, type Stream } from '../../src/index.ts'
import { merge } from '../../src/operators/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { ItemsSource, turns } from './flows.ts'

/** An item that knows where it comes from and which way it took. */
export interface Traced {
  readonly input: number
  readonly index: number
  /** Ids of the steps at which ways part or meet. */
  readonly way: string
}

export interface InputPlan {
  readonly length: number
  readonly batchSize: number
  /** Turns of the event loop that each batch takes, by turns; `undefined`: none, the source is synchronous. */
  readonly delays: readonly number[] | undefined
}

export interface StepPlan {
  readonly kind: 'map' | 'drop' | 'twice' | 'async' | 'unordered' | 'branch' | 'merge'
  /** Which of the streams so far it is applied to, by their number, wrapped; a merge takes all of them. */
  readonly ups: readonly number[]
  /** Of the asynchronous kinds. */
  readonly delays: readonly number[]
  readonly maxInFlight: number
}

export interface FlowPlan {
  readonly inputs: readonly InputPlan[]
  readonly steps: readonly StepPlan[]
}

const delays = fc.array(fc.nat(3), { minLength: 1, maxLength: 5 })

export const flowPlans: fc.Arbitrary<FlowPlan> = fc.record({
  inputs: fc.array(fc.record({ length: fc.nat(25), batchSize: fc.integer({ min: 1, max: 4 }), delays: fc.option(delays, { nil: undefined }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom('map', 'drop', 'twice', 'async', 'unordered', 'branch', 'merge', 'merge'),
      ups: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      delays,
      maxInFlight: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 7 },
  ),
})

/** Called with each item right behind its input and right before each output. */
export type Watch = (where: 'input' | 'output', item: Traced, epoch: number) => void

/** Builds the flow, with an output behind every stream. The items of each come to an array, in the order of `modelOf`. */
export function flowOf({ inputs, steps }: FlowPlan, watch: Watch): { flow: Dataflow; outputs: Traced[][] } {
  const flow = new Dataflow('flow')
  const streams = inputs.map((plan, input) => {
    const source = new ItemsSource(itemsOf(plan, input), { batchSize: plan.batchSize, ...(plan.delays && { delay: pausing(plan.delays) }) })
    return flow.input(`in_${input}`, source).inspectDebug(`watch_in_${input}`, (_id, item, epoch) => watch('input', item, epoch))
  })
  steps.forEach((step, number) => {
    streams.push(...addStep(step, `s${number}`, streams))
  })
  const outputs = streams.map((stream, number) => {
    const items: Traced[] = []
    stream.inspectDebug(`watch_${number}`, (_id, item, epoch) => watch('output', item, epoch)).output(`out_${number}`, new TestingSink(items))
    return items
  })
  return { flow, outputs }
}

function addStep(step: StepPlan, id: string, streams: readonly Stream<Traced>[]): Stream<Traced>[] {
  const ups = step.ups.map((up) => streams[up % streams.length] as Stream<Traced>)
  const [up] = ups as [Stream<Traced>]
  const pause = pausing(step.delays)
  const later = async (item: Traced): Promise<Traced> => {
    await pause()
    return item
  }
  switch (step.kind) {
    case 'map':
      return [up.map(id, (item) => ({ ...item }))]
    case 'drop':
      return [up.filter(id, isKept)]
    case 'twice':
      return [up.flatMap(id, (item) => [item, item])]
    case 'async':
      return [up.mapAsync(id, later, { maxInFlight: step.maxInFlight })]
    case 'unordered':
      return [up.mapAsync(id, later, { maxInFlight: step.maxInFlight, ordered: false }).map(`${id}_mark`, (item) => onWay(item, 'unordered'))]
    case 'branch': {
      const { trues, falses } = up.branch(id, isKept)
      return [trues, falses]
    }
    case 'merge':
      return [merge(id, ...ups.map((each, argument) => each.map(`${id}_${argument}`, (item) => onWay(item, `${id}.${argument}`))))]
  }
}

/** What must come to each output, in the order of an engine that handles one item after the other. */
export function modelOf({ inputs, steps }: FlowPlan): Traced[][] {
  const streams = inputs.map(itemsOf)
  steps.forEach((step, number) => {
    streams.push(...modelStep(step, `s${number}`, streams))
  })
  return streams
}

function modelStep(step: StepPlan, id: string, streams: readonly Traced[][]): Traced[][] {
  const ups = step.ups.map((up) => streams[up % streams.length] as Traced[])
  const [up] = ups as [Traced[]]
  switch (step.kind) {
    case 'map':
    case 'async':
      return [up]
    case 'drop':
      return [up.filter(isKept)]
    case 'twice':
      return [up.flatMap((item) => [item, item])]
    case 'unordered':
      return [up.map((item) => onWay(item, 'unordered'))]
    case 'branch':
      return [up.filter(isKept), up.filter((item) => !isKept(item))]
    case 'merge':
      return [ups.flatMap((each, argument) => each.map((item) => onWay(item, `${id}.${argument}`)))]
  }
}

function itemsOf({ length }: InputPlan, input: number): Traced[] {
  return Array.from({ length }, (_, index) => ({ input, index, way: '' }))
}

function isKept({ index }: Traced): boolean {
  return index % 3 !== 1
}

function onWay(item: Traced, mark: string): Traced {
  return { ...item, way: `${item.way} ${mark}` }
}

/** Pauses of given lengths, by turns. */
function pausing(lengths: readonly number[]): () => Promise<void> {
  let calls = 0
  return () => turns(lengths[calls++ % lengths.length] ?? 0)
}
