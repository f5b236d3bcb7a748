/**
 * Owns the programs of `npm run bench:windows`, each run in a process of its own as `node --expose-gc bench/window-programs.ts NAME ARGUMENT…`, and prints
 * what it measured as JSON. Sources are scripts: what a script does between two batches, such as taking the heap, is done between two polls.
 */

import { Dataflow, run } from 'typewax'
import { type EndOfInput, EOF, FixedPartitionedSource, StatefulSourcePartition } from 'typewax/inputs'
import { DynamicSink, StatelessSinkPartition } from 'typewax/outputs'
import { TestClock } from 'typewax/testing'
import { EventClock, StreamClock, TumblingWindower } from 'typewax/windowing'

const BATCH = 1_024
const MIB = 2 ** 20
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const STEADY_EVENTS = 5_000_000
const WARM_UP_EVENTS = 1_000_000
const IDLE_KEYS = 200_000
const EPOCH_MS = 1_000

interface Event {
  readonly at: number
  readonly key: string
}

/** What a source gives: batches, and times by the host's clock until which it gives nothing. What it does between is done between two polls. */
type Script = Generator<readonly Event[] | number, void>

class Scripted extends FixedPartitionedSource<Event, number> {
  readonly #script: Script

  constructor(script: Script) {
    super()
    this.#script = script
  }

  override listParts(): string[] {
    return ['only']
  }

  override buildPart(): StatefulSourcePartition<Event, number> {
    return new ScriptedPartition(this.#script)
  }
}

class ScriptedPartition extends StatefulSourcePartition<Event, number> {
  override readonly isSynchronous = true
  readonly #script: Script
  #position = 0
  #awakeAt: number | undefined

  constructor(script: Script) {
    super()
    this.#script = script
  }

  override nextBatch(): readonly Event[] | EndOfInput {
    const { value, done } = this.#script.next()
    if (done === true) return EOF
    const isPause = typeof value === 'number'
    this.#awakeAt = isPause ? value : undefined
    if (isPause) return []
    this.#position += value.length
    return value
  }

  override nextAwake(): number | undefined {
    return this.#awakeAt
  }

  override snapshot(): number {
    return this.#position
  }
}

class Dropping extends DynamicSink<unknown> {
  rowCount = 0

  override build(): StatelessSinkPartition<unknown> {
    return new DroppingPartition(this)
  }
}

class DroppingPartition extends StatelessSinkPartition<unknown> {
  readonly #sink: Dropping

  constructor(sink: Dropping) {
    super()
    this.#sink = sink
  }

  override writeBatch(rows: readonly unknown[]): void {
    this.#sink.rowCount += rows.length
  }
}

/** After a collection; typed arrays lie beside the heap. */
function heapBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Time of the processor that all threads took, collections included: other programs on the machine disturb it less than the clock. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

function* batches(from: number, until: number, toEvent: (index: number) => Event): Generator<Event[], void> {
  for (let next = from; next < until; ) {
    const batch: Event[] = new Array(Math.min(BATCH, until - next))
    for (let place = 0; place < batch.length; place++) batch[place] = toEvent(next++)
    yield batch
  }
}

/** Counts on stream time. */
function streamFlow(script: Script, lengthMs: number): { readonly flow: Dataflow; readonly sink: Dropping } {
  const flow = new Dataflow('windows')
  const sink = new Dropping()
  const clock = new StreamClock((event: Event) => event.at)
  const windower = new TumblingWindower({ lengthMs, alignTo: 0 })
  flow
    .input('in', new Scripted(script))
    .assignWatermarks('time', (event) => event.at, { outOfOrdernessMs: 1_000 })
    .countWindow('count', clock, windower, (event) => event.key)
    .down.output('out', sink)
  return { flow, sink }
}

export type Order = 'random' | 'inTurn'

export interface OpenMeasured {
  /** Processor time of an event, its generation included, while all windows are open. */
  readonly steadyNs: number
  /** Time to open a window with the first event of its key, and to close it at the end; 0 for the loop. */
  readonly openNs: number
  readonly closeNs: number
  /** What an open window takes, the string of its key excepted. */
  readonly windowBytes: number
}

/** First one event a key, then events for all of them, in an order without locality or in that in which the windows were opened. */
function* openScript(keyCount: number, order: Order, measured: (figures: Omit<OpenMeasured, 'closeNs'>) => void): Script {
  const keys = Array.from({ length: keyCount }, (_, index) => `k${index}`)
  const random = generator(1)
  const placeOf = order === 'random' ? () => Math.floor(random() * keyCount) : (index: number) => index % keyCount
  const [warmFrom, steadyFrom, end] = [keyCount, keyCount + WARM_UP_EVENTS, keyCount + WARM_UP_EVENTS + STEADY_EVENTS]
  const toEvent = (index: number): Event => ({ at: index, key: keys[placeOf(index)] as string })
  const heapBefore = heapBytes()
  const startedAt = processorMs()
  yield* batches(0, keyCount, (index) => ({ at: index, key: keys[index] as string }))
  const openedAt = processorMs()
  yield* batches(warmFrom, steadyFrom, toEvent)
  const steadyAt = processorMs()
  yield* batches(steadyFrom, end, toEvent)
  const endedAt = processorMs()
  const windowBytes = (heapBytes() - heapBefore) / keyCount
  measured({ steadyNs: nsEach(endedAt - steadyAt, STEADY_EVENTS), openNs: nsEach(openedAt - startedAt, keyCount), windowBytes })
}

function nsEach(elapsedMs: number, count: number): number {
  return (elapsedMs * 1e6) / count
}

async function openFlow(keyCount: number, order: Order, epochIntervalMs: number): Promise<OpenMeasured> {
  let figures: Omit<OpenMeasured, 'closeNs'> | undefined
  let endedAt = 0
  const script = openScript(keyCount, order, (measured) => {
    figures = measured
    endedAt = processorMs()
  })
  const { flow, sink } = streamFlow(script, 24 * HOUR_MS)
  await run(flow, { epochIntervalMs })
  const closeNs = nsEach(processorMs() - endedAt, keyCount)
  if (figures === undefined || sink.rowCount !== keyCount) throw new Error(`${sink.rowCount} windows instead of ${keyCount}`)
  return { ...figures, closeNs }
}

/** What a key has under a step, as objects that hang on each other: its place in the table, its clock, its windows, the window with the count. */
interface Linked {
  readonly key: string
  readonly fields: readonly number[]
  readonly next: { readonly fields: readonly number[]; readonly next: { readonly fields: readonly number[]; readonly next: { count: number } } }
}

function linked(key: string): Linked {
  return { key, fields: fields(), next: { fields: fields(), next: { fields: fields(), next: { count: 0 } } } }
}

function fields(): number[] {
  return [1, 2, 3, 4]
}

/** The same by hand: a `Map` of counts, or of as many objects and about as many bytes a key as a step has. */
function openLoop(keyCount: number, order: Order, isLinked: boolean): OpenMeasured {
  let figures: Omit<OpenMeasured, 'closeNs'> | undefined
  const script = openScript(keyCount, order, (measured) => {
    figures = measured
  })
  const size = isLinked ? countLinked(script) : countPlain(script)
  if (figures === undefined || size !== keyCount) throw new Error(`${size} counts instead of ${keyCount}`)
  return { ...(figures as Omit<OpenMeasured, 'closeNs'>), closeNs: 0 }
}

function countPlain(script: Script): number {
  const counts = new Map<string, { count: number }>()
  for (const batch of script) {
    for (const { key } of batch as readonly Event[]) {
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { count: 1 })
      else known.count += 1
    }
  }
  return counts.size
}

function countLinked(script: Script): number {
  const counts = new Map<string, Linked>()
  let sum = 0
  for (const batch of script) {
    for (const { key } of batch as readonly Event[]) {
      let known = counts.get(key)
      if (known === undefined) {
        known = linked(key)
        counts.set(key, known)
      }
      const { next } = known
      sum += (known.fields[0] as number) + (next.fields[0] as number) + (next.next.fields[0] as number)
      next.next.next.count += 1
    }
  }
  if (sum === 0) throw new Error('nothing was read')
  return counts.size
}

export interface ComeAndGo {
  /** Before the first event; at 10, 50 and 100 % of the events; when the last window has closed and its epoch has ended, the flow still running. */
  readonly heapMib: readonly number[]
  readonly windowCount: number
  readonly seconds: number
}

/** Each key has about 50 events within some 5,000, a millisecond each, in windows of a minute. */
async function comeAndGo(eventCount: number): Promise<ComeAndGo> {
  const heapMib: number[] = []
  const random = generator(2)
  const toEvent = (index: number): Event => ({ at: index, key: `k${Math.floor(index / 50) + Math.floor(random() * 100)}` })
  function* script(): Script {
    heapMib.push(heapBytes() / MIB)
    let from = 0
    for (const part of [0.1, 0.5, 1]) {
      const until = Math.floor(eventCount * part)
      yield* batches(from, until, toEvent)
      from = until
      heapMib.push(heapBytes() / MIB)
    }
    // Ends all windows but its own.
    yield [{ at: eventCount + 24 * HOUR_MS, key: 'last' }]
    yield Date.now() + 3 * EPOCH_MS
    heapMib.push(heapBytes() / MIB)
  }
  const { flow, sink } = streamFlow(script(), MINUTE_MS)
  const { elapsedMs } = await run(flow, { epochIntervalMs: EPOCH_MS })
  return { heapMib, windowCount: sink.rowCount, seconds: elapsedMs / 1_000 }
}

export interface IdleMeasured {
  /** Bytes a key, its string included: while its window is open, some minutes after that closed, and an hour later. */
  readonly openBytes: number
  readonly idleBytes: number
  readonly laterBytes: number
}

/** One event a key under a clock per key, then hours of nothing, which take no time. */
async function idleKeys(forgetAfterMs: number | undefined): Promise<IdleMeasured> {
  const host = new TestClock({ autoAdvance: true })
  const heaps: number[] = []
  function* script(): Script {
    heaps.push(heapBytes())
    yield* batches(0, IDLE_KEYS, (index) => ({ at: 0, key: `k${index}` }))
    heaps.push(heapBytes())
    for (const untilMs of [5 * MINUTE_MS, HOUR_MS]) {
      for (let atMs = host.now() + MINUTE_MS; atMs <= untilMs; atMs += MINUTE_MS) yield atMs
      heaps.push(heapBytes())
    }
  }
  const flow = new Dataflow('idle-keys')
  const sink = new Dropping()
  const clock = new EventClock((event: Event) => event.at, { waitMs: 0 })
  const options = forgetAfterMs === undefined ? {} : { forgetAfterMs }
  flow
    .input('in', new Scripted(script()))
    .countWindow('count', clock, new TumblingWindower({ lengthMs: MINUTE_MS, alignTo: 0 }), (event) => event.key, options)
    .down.output('out', sink)
  await run(flow, { host, epochIntervalMs: EPOCH_MS })
  if (sink.rowCount !== IDLE_KEYS) throw new Error(`${sink.rowCount} windows instead of ${IDLE_KEYS}`)
  const [openBytes = 0, idleBytes = 0, laterBytes = 0] = heaps.slice(1).map((heap) => (heap - (heaps[0] as number)) / IDLE_KEYS)
  return { openBytes, idleBytes, laterBytes }
}

/** The programs, by name, with what they are given as text. */
const PROGRAMS: Readonly<Record<string, (...args: string[]) => unknown>> = {
  openFlow: (keyCount, order, epochMs = '10000') => openFlow(Number(keyCount), order as Order, Number(epochMs)),
  openLoop: (keyCount, order) => openLoop(Number(keyCount), order as Order, false),
  linkedLoop: (keyCount, order) => openLoop(Number(keyCount), order as Order, true),
  comeAndGo: (eventCount) => comeAndGo(Number(eventCount)),
  idleKeys: (forgetAfterMs) => idleKeys(forgetAfterMs === undefined ? undefined : Number(forgetAfterMs)),
}

const [program = '', ...args] = process.argv.slice(2)
console.log(JSON.stringify(await PROGRAMS[program]?.(...args)))
