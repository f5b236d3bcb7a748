/**
 * Owns what one run of the campaign does, all of it from its seed: which operator under which clock and windows, how the input is cut into partitions
 * and batches, and what of the output must be equal. Written as JSON for the process that runs the flow.
 */

import type { EarlyResults } from '../../../src/windowing/index.ts'
import { seededRandom } from '../random.ts'

/** What a run is about. Each comes up as often as the others. */
export const SCENARIOS = [
  'count',
  'fold',
  'collect',
  'reduce',
  'max',
  'aggregate',
  'allowedLateness',
  'early',
  'eventClock',
  'chained',
  'byCount',
  'joinWindow',
  'timers',
  'intervalJoin',
  'asOfJoin',
  'lookupJoin',
  'dedupe',
  'sessionize',
  'throttle',
  'debounce',
  'conserved',
] as const

export type Scenario = (typeof SCENARIOS)[number]

export const WINDOW_OPERATORS = ['count', 'fold', 'collect', 'reduce', 'max', 'aggregate'] as const
export type WindowOperator = (typeof WINDOW_OPERATORS)[number]

/** `halves` are sliding windows whose length is no multiple of their offset: two slices to each. */
const WINDOWERS = ['tumbling', 'sliding', 'halves', 'session', 'cumulative'] as const
export type WindowerName = (typeof WINDOWERS)[number]

/**
 * How the input comes, and so what can be demanded of the output.
 *
 * - `exact`: one partition, the same batches in all lives. All is equal, byte for byte.
 * - `rebatched`: one partition, other batches in each life. What comes at a watermark is equal, byte for byte; what comes at once comes in the same
 *   order for each window.
 * - `spread`: several partitions, each at its own pace; nothing is late. The same lines, and in the same order for each key where the order of arrival
 *   does not matter.
 * - `byKey`: several partitions, the items of a key all in one.
 */
export type Layout = 'exact' | 'rebatched' | 'spread' | 'byKey'

export interface Plan {
  readonly seed: number
  readonly scenario: Scenario
  readonly layout: Layout
  readonly clock: 'stream' | 'event'
  /** The window operator, where the scenario leaves it open. */
  readonly operator: WindowOperator
  readonly windower: WindowerName
  readonly ordered: boolean
  readonly early: EarlyResults | undefined
  readonly allowedLatenessMs: number | undefined
  readonly mode: 'accumulating' | 'discarding'
  readonly emit: 'final' | 'complete' | 'running'
  readonly insert: 'first' | 'last' | 'product'
  readonly kind: 'inner' | 'left' | 'right' | 'outer'
  /** Share of items that come much too late. */
  readonly lateShare: number
  /** Batches of the run without faults, and of all lives unless they are rebatched. */
  readonly batchSize: number
  readonly epochIntervalMs: number
  readonly maxAheadMs: number | undefined
}

/** Items of no partition are further behind than this, unless they are late on purpose. */
export const OUT_OF_ORDERNESS_MS = 400
export const MAX_BATCH_SIZE = 64
/** Longer than the time by which items are late that are to be taken all the same, see `items.ts`. */
const ALLOWED_LATENESS_MS = 30_000

/** Seeds that follow each other go through all scenarios. */
export function planOf(seed: number): Plan {
  const random = seededRandom(seed)
  const pick = <X>(choices: readonly X[]): X => choices[Math.floor(random() * choices.length)] as X
  const scenario = SCENARIOS[seed % SCENARIOS.length] as Scenario
  const clock = scenario === 'eventClock' ? 'event' : 'stream'
  // Windows of windows must be able to wait for those that they are made of.
  const windower = scenario === 'conserved' || scenario === 'chained' ? 'tumbling' : pick(WINDOWERS)
  const ordered = random() < 0.5
  const layout = pick(layoutsOf(scenario, ordered))
  const isLateTaken = scenario === 'allowedLateness' || (scenario === 'early' && random() < 0.5)
  return {
    seed,
    scenario,
    layout,
    clock,
    operator:
      scenario === 'conserved'
        ? 'collect'
        : (WINDOW_OPERATORS as readonly string[]).includes(scenario)
          ? (scenario as WindowOperator)
          : pick(WINDOW_OPERATORS),
    windower,
    ordered,
    early: scenario === 'early' ? pick(earlyOf(layout, 1 + Math.floor(random() * 4))) : undefined,
    allowedLatenessMs: isLateTaken ? ALLOWED_LATENESS_MS : undefined,
    mode: pick(['accumulating', 'discarding']),
    emit: pick(['final', 'final', 'complete', 'running']),
    insert: pick(['first', 'last', 'product']),
    kind: pick(['inner', 'left', 'right', 'outer']),
    lateShare: layout === 'spread' && scenario !== 'conserved' ? 0 : 0.1,
    batchSize: 8 + Math.floor(random() * (MAX_BATCH_SIZE - 7)),
    epochIntervalMs: pick([0, 10, 30, 50]),
    maxAheadMs: layout === 'spread' && random() < 0.4 ? pick([200, 2_000]) : undefined,
  }
}

/** What comes as the watermark moves on depends on the batches. */
function earlyOf(layout: Layout, everyItems: number): readonly EarlyResults[] {
  return layout === 'exact' ? ['everyChange', { everyItems }, { everyEventMs: 250 * everyItems }] : ['everyChange', { everyItems }, { everyItems }]
}

function layoutsOf(scenario: Scenario, ordered: boolean): readonly Layout[] {
  switch (scenario) {
    case 'allowedLateness':
    case 'early':
      return ['exact', 'rebatched']
    case 'eventClock':
      return ['exact', 'rebatched', 'byKey']
    // Here batches say which side comes first.
    case 'joinWindow':
      return ordered ? ['exact', 'rebatched', 'spread'] : ['exact']
    case 'lookupJoin':
    case 'dedupe':
    case 'sessionize':
      return ['exact']
    case 'byCount':
      return ['exact', 'rebatched']
    case 'conserved':
      return ['spread']
    default:
      return ['exact', 'rebatched', 'spread', 'spread']
  }
}

export function isJoin({ scenario }: Plan): boolean {
  return scenario === 'joinWindow' || scenario === 'intervalJoin' || scenario === 'asOfJoin' || scenario === 'lookupJoin'
}

/** Whether windows have the same ids whatever the batches: a key without sessions forgets how many it had, unless its clock is its own. */
export function hasIds({ windower, clock, layout }: Plan): boolean {
  return windower !== 'session' || clock === 'event' || layout === 'exact'
}

/** Whether windows get the values in the same order each time. */
export function isInOrder({ ordered, layout, operator, scenario }: Plan): boolean {
  return layout !== 'spread' || (ordered && (operator === 'fold' || operator === 'collect' || scenario === 'joinWindow'))
}

/** Says how a run is counted. */
export function labelOf(plan: Plan): string {
  const { scenario, operator } = plan
  const isOpen = scenario === 'allowedLateness' || scenario === 'early' || scenario === 'eventClock'
  return isOpen ? `${scenario}(${operator})` : scenario
}

/** What must be equal of an output: everything, the order of each key or each window, or no more than the lines. */
export type Demand = 'bytes' | 'perKey' | 'perWindow' | 'lines'

/** @param stream `down`, `results`, `late` or `meta`. */
export function demandOf(plan: Plan, stream: string): Demand {
  const { scenario, layout, clock } = plan
  if (layout === 'exact') return 'bytes'
  if (clock === 'event') return layout === 'byKey' ? 'perKey' : 'bytes'
  if (scenario === 'intervalJoin') return 'lines'
  if (stream === 'late') return layout === 'rebatched' && !isJoin(plan) ? 'bytes' : 'lines'
  if (scenario === 'allowedLateness' || scenario === 'early') return stream === 'down' && !hasIds(plan) ? 'lines' : 'perWindow'
  if (layout === 'rebatched') return 'bytes'
  return closesInOrder(plan) ? 'perKey' : 'lines'
}

/** Whether a key's windows close in order of time at the end of input, too, where they otherwise close in the order in which they were opened. */
function closesInOrder(plan: Plan): boolean {
  const { scenario, operator, windower } = plan
  if (['timers', 'asOfJoin', 'throttle', 'debounce', 'chained'].includes(scenario) || isInOrder(plan)) return true
  const isSliced =
    windower === 'tumbling' || ((windower === 'sliding' || windower === 'halves') && (operator === 'count' || operator === 'aggregate'))
  return isSliced && operator !== 'fold' && operator !== 'collect'
}
