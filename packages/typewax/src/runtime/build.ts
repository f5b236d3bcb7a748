/**
 * Owns the way from a plan to the nodes of one worker: builds partitions (anew, or at their stored positions), creates nodes, connects them by
 * channels. Everything that user code can fail at before the first item happens here.
 */

import type { Plan, PlanStep } from '../dataflow/plan.ts'
import type { CoreOperation, StreamId } from '../dataflow/step.ts'
import { inputsOf } from '../dataflow/stream-time.ts'
import { type ErrorContext, quote, TypewaxError } from '../errors.ts'
import type { DynamicSource, FixedPartitionedSource } from '../inputs/source.ts'
import type { DynamicSink, FixedPartitionedSink } from '../outputs/sink.ts'
import { assignPartitions } from './assign.ts'
import { Channel, type Receiver } from './channel.ts'
import type { Exchange } from './exchange/exchange.ts'
import { describeStep, sinkFailure, sourceFailure, wrongReturn } from './failure.ts'
import type { Node } from './node.ts'
import { InputNode } from './nodes/input-node.ts'
import { MapAsyncNode } from './nodes/map-async-node.ts'
import { DynamicOutputNode, type OutputNode, PartitionedOutputNode, partitioner, TOKEN_SUB_KEY } from './nodes/output-nodes.ts'
import { BranchNode, InspectNode, MergeNode, PassNode } from './nodes/pipe-nodes.ts'
import { KeyRouter, PartRouter, type Way as RouterWay, TurnRouter } from './nodes/routers.ts'
import { SinkPump } from './nodes/sink-pump.ts'
import { SourcePump } from './nodes/source-pump.ts'
import { StatefulNode } from './nodes/stateful-node.ts'
import { TransformNode } from './nodes/transform-node.ts'
import { WatermarkNode } from './nodes/watermark-node.ts'
import type { LoadedEntry, LoadedStep } from './state/load.ts'
import { PartitionLog } from './state/partition-log.ts'
import { SnapshotLog } from './state/snapshot-log.ts'
import { partitionContext, type WorkerContext } from './worker-context.ts'
import { workerNamed } from './worker-marks.ts'

export interface Graph {
  /** In the order of the plan: upstreams before downstreams. */
  readonly nodes: readonly Node[]
  readonly inputs: readonly InputNode[]
  readonly outputs: readonly OutputNode[]
}

/** Loads what is stored of a step; `undefined` if nothing is. */
export type StateLoader = (step: PlanStep) => Promise<LoadedStep | undefined>

/** Partitions whose stored position may be dropped, as `stepId/partition`. */
export type Droppable = ReadonlySet<string>

/** What a worker needs to be one of several. */
export interface Cluster {
  readonly exchange: Exchange
  /** Says who has which partition of a step, given what this worker lists. */
  assign(stepId: string, names: readonly string[]): Promise<ReadonlyMap<string, number>>
}

/** @param cluster Absent where the worker is alone. */
export async function buildGraph(plan: Plan, context: WorkerContext, load: StateLoader, droppable: Droppable, cluster?: Cluster): Promise<Graph> {
  const builder = new GraphBuilder(plan, context, load, droppable, cluster)
  for (const step of plan.steps) await builder.add(step)
  return builder
}

interface Way extends RouterWay {
  /** By sender. */
  readonly queues: readonly Channel[]
}

class GraphBuilder implements Graph {
  readonly nodes: Node[] = []
  readonly inputs: InputNode[] = []
  readonly outputs: OutputNode[] = []
  readonly #plan: Plan
  readonly #context: WorkerContext
  readonly #load: StateLoader
  readonly #droppable: Droppable
  readonly #cluster: Cluster | undefined
  #edgeCount = 0
  #sourceCount = 0
  /** Owners of the partitions of steps, by step id; what a dynamic source builds on each worker counts as one. */
  readonly #owners = new Map<string, ReadonlyMap<string, number>>()
  readonly #producers = new Map<StreamId, Node['outlets'][number]>()

  constructor(plan: Plan, context: WorkerContext, load: StateLoader, droppable: Droppable, cluster: Cluster | undefined) {
    this.#plan = plan
    this.#cluster = cluster
    this.#context = context
    this.#load = load
    this.#droppable = droppable
  }

  async add(step: PlanStep): Promise<void> {
    const ways = step.ups.map((): Way | undefined => this.#way(step))
    const channels = step.ups.flatMap((streamId, index) => ways[index]?.queues ?? [this.#connect(streamId, step)])
    const node = await this.#create(step, channels)
    this.nodes.push(node)
    step.ups.forEach((streamId, index) => {
      const way = ways[index]
      if (way !== undefined) this.#producers.get(streamId)?.connect(this.#router(step, way))
    })
    step.downs.forEach((streamId, port) => {
      this.#producers.set(streamId, node.outlets[port] as Node['outlets'][number])
    })
  }

  #connect(streamId: StreamId, { operation }: PlanStep): Channel {
    const channel = operation.kind === 'mapAsync' ? new Channel(operation.options.maxInFlight) : new Channel()
    this.#producers.get(streamId)?.connect(channel)
    return channel
  }

  /** The way of a stream to a step whose items may belong to other workers; `undefined` if it stays on this one. */
  #way({ operation, userStepId }: PlanStep): Way | undefined {
    if (this.#cluster === undefined) return undefined
    const { kind } = operation
    if (kind !== 'statefulBatch' && kind !== 'redistribute' && !(kind === 'output' && isPartitionedSink(operation.sink))) return undefined
    const edge = this.#edgeCount++
    const queues = this.#cluster.exchange.open(edge)
    return { edge, stepId: userStepId, queues, own: queues[this.#context.workerIndex] as Channel }
  }

  #router(step: PlanStep, way: Way): Receiver {
    const { operation } = step
    const { exchange } = this.#cluster as Cluster
    switch (operation.kind) {
      case 'statefulBatch':
        return new KeyRouter(exchange, way)
      case 'output': {
        const owners = [...(this.#owners.get(step.stepId) ?? []).values()]
        return new PartRouter(exchange, way, partitioner(step, operation.sink as FixedPartitionedSink<unknown, unknown>, owners))
      }
      default:
        return new TurnRouter(exchange, way)
    }
  }

  async #create(step: PlanStep, channels: readonly Channel[]): Promise<Node> {
    const { operation } = step
    const context = this.#context
    switch (operation.kind) {
      case 'input':
        return await this.#createInput(step, operation.source)
      case 'output':
        return await this.#createOutput(step, operation.sink, channels)
      case 'flatMapBatch':
        return new TransformNode(step, operation.transform, channels, context)
      case 'branch':
        return new BranchNode(step, operation.predicate, channels, context)
      case 'merge':
        return await this.#createMerge(step, channels)
      case 'redistribute':
        return new PassNode(step, channels, context)
      case 'inspectDebug':
        return new InspectNode(step, operation.inspector, channels, context)
      case 'mapAsync':
        return new MapAsyncNode(step, operation, channels, context)
      case 'assignWatermarks':
        return await this.#createWatermarks(step, operation, channels)
      case 'statefulBatch': {
        const node = new StatefulNode(step, operation, channels, context)
        const loaded = await this.#load(step)
        if (loaded !== undefined) node.restore(loaded)
        return node
      }
    }
  }

  async #createInput(step: PlanStep, source: unknown): Promise<InputNode> {
    const loaded = await this.#load(step)
    const pumps = isPartitionedSource(source)
      ? await this.#sourceParts(step, source, loaded)
      : [await this.#dynamicSource(step, source as DynamicSource<unknown>)]
    const log = this.#log(step, loaded)
    log.keepOnly(new Set(pumps.map((pump) => pump.partKey)))
    const node = new InputNode(step, pumps, log, this.#context)
    this.inputs.push(node)
    return node
  }

  async #createMerge(step: PlanStep, channels: readonly Channel[]): Promise<MergeNode> {
    const loaded = await this.#load(step)
    const node = new MergeNode(step, this.#log(step, loaded), channels, this.#context)
    if (loaded !== undefined) node.restore(statesOf(loaded))
    return node
  }

  async #createWatermarks(
    step: PlanStep,
    operation: Extract<CoreOperation, { kind: 'assignWatermarks' }>,
    channels: readonly Channel[],
  ): Promise<WatermarkNode> {
    const steps = inputsOf(step, this.#plan.steps)
    const inputs = steps && this.inputs.filter((input) => steps.includes(input.step))
    const sources = inputs?.flatMap((input) => input.pumps.map(({ source, partKey }) => ({ source, key: `${input.step.stepId}/${partKey}` })))
    const loaded = await this.#load(step)
    const log = this.#log(step, loaded)
    const node = new WatermarkNode(step, operation, { sources, log }, channels, this.#context)
    if (loaded !== undefined) node.restore(statesOf(loaded))
    log.keepOnly(node.keys)
    const { idleAfterMs, maxAheadMs } = operation.options
    for (const input of inputs ?? []) {
      input.isWatched = true
      if (idleAfterMs !== undefined) input.quietAfterMs = [...new Set([...input.quietAfterMs, idleAfterMs])].sort((a, b) => a - b)
      if (maxAheadMs !== undefined) input.gates = [...input.gates, node]
    }
    return node
  }

  async #sourceParts(step: PlanStep, source: FixedPartitionedSource<unknown, unknown>, loaded: LoadedStep | undefined): Promise<SourcePump[]> {
    const owners = await this.#assign(step, await listParts(step, source, sourceFailure))
    this.#checkVanished(step, owners, loaded)
    const pumps: SourcePump[] = []
    for (const [name, worker] of owners) {
      if (worker !== this.#context.workerIndex) continue
      try {
        const part = await source.buildPart(name, loaded?.entries.get(name)?.state, partitionContext(this.#context, step.stepId))
        checkPart(step, 'buildPart', part, ['nextBatch', 'snapshot'], { partKey: name })
        pumps.push(new SourcePump(step, { partKey: name, source: this.#sourceCount++ }, part, this.#context))
      } catch (error) {
        throw sourceFailure(step, 'buildPart', error, { partKey: name })
      }
    }
    return pumps
  }

  async #dynamicSource(step: PlanStep, source: DynamicSource<unknown>): Promise<SourcePump> {
    const { workerIndex, workerCount } = this.#context
    this.#owners.set(step.stepId, new Map(Array.from({ length: workerCount }, (_, worker) => [`worker ${worker}`, worker])))
    try {
      const part = await source.build(workerIndex, workerCount, partitionContext(this.#context, step.stepId))
      checkPart(step, 'build', part, ['nextBatch'])
      return new SourcePump(step, { partKey: `worker ${workerIndex}`, source: this.#sourceCount++ }, part, this.#context)
    } catch (error) {
      throw sourceFailure(step, 'build', error)
    }
  }

  async #createOutput(step: PlanStep, sink: unknown, channels: readonly Channel[]): Promise<OutputNode> {
    const node = isPartitionedSink(sink)
      ? await this.#partitionedOutput(step, sink, channels)
      : new DynamicOutputNode(step, [await this.#dynamicSink(step, sink as DynamicSink<unknown>)], channels, this.#context)
    this.outputs.push(node)
    return node
  }

  async #partitionedOutput(step: PlanStep, sink: FixedPartitionedSink<unknown, unknown>, channels: readonly Channel[]): Promise<OutputNode> {
    const loaded = await this.#load(step)
    const owners = await this.#assign(step, await listParts(step, sink, sinkFailure))
    this.#checkVanished(step, owners, loaded)
    const pumps: (SinkPump | undefined)[] = []
    for (const [name, worker] of owners) {
      const isOwn = worker === this.#context.workerIndex
      pumps.push(isOwn ? await this.#sinkPart(step, sink, name, loaded?.entries.get(name)) : undefined)
    }
    const log = this.#log(step, loaded)
    log.keepOnly(new Set(owners.keys()))
    return new PartitionedOutputNode(step, sink, pumps, log, channels, this.#context)
  }

  async #sinkPart(step: PlanStep, sink: FixedPartitionedSink<unknown, unknown>, name: string, stored: LoadedEntry | undefined): Promise<SinkPump> {
    let pump: SinkPump
    try {
      const part = await sink.buildPart(name, stored?.state, partitionContext(this.#context, step.stepId))
      checkPart(step, 'buildPart', part, ['writeBatch', 'snapshot'], { partKey: name })
      pump = new SinkPump(step, name, part, this.#context)
    } catch (error) {
      throw sinkFailure(step, 'buildPart', error, { partKey: name })
    }
    // The epoch with this token is committed, or it would not be loaded; whether the commit reached the sink nobody knows.
    const token = stored?.parts.get(TOKEN_SUB_KEY)
    if (token !== undefined) await pump.commit(token.state)
    return pump
  }

  async #dynamicSink(step: PlanStep, sink: DynamicSink<unknown>): Promise<SinkPump> {
    const { workerIndex, workerCount } = this.#context
    try {
      const part = await sink.build(workerIndex, workerCount, partitionContext(this.#context, step.stepId))
      checkPart(step, 'build', part, ['writeBatch'])
      return new SinkPump(step, undefined, part, this.#context)
    } catch (error) {
      throw sinkFailure(step, 'build', error)
    }
  }

  /** The owners of the partitions of a step, in the order of their names. */
  async #assign(step: PlanStep, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const owners = this.#cluster === undefined ? assignPartitions([names]) : await this.#cluster.assign(step.stepId, names)
    this.#owners.set(step.stepId, owners)
    return owners
  }

  /** What is stored of a step by name, as far as this worker has charge of it. */
  #log(step: PlanStep, loaded: LoadedStep | undefined): PartitionLog {
    const { workerIndex } = this.#context
    return new PartitionLog(new SnapshotLog(step, this.#context), loaded, (name) => this.#ownerOf(step, name) === workerIndex)
  }

  /** Who has charge of what is stored under a name: of a partition, or of a worker itself. What belongs to nobody any more is the first one's. */
  #ownerOf(step: PlanStep, name: string): number {
    const parts = this.#owners.get(step.stepId)
    if (parts !== undefined) return parts.get(name) ?? 0
    for (const [stepId, owners] of this.#owners) {
      const owner = name.startsWith(`${stepId}/`) ? owners.get(name.slice(stepId.length + 1)) : undefined
      if (owner !== undefined) return owner
    }
    return workerNamed(name, this.#context.workerCount) ?? 0
  }

  #checkVanished(step: PlanStep, listed: ReadonlyMap<string, number>, loaded: LoadedStep | undefined): void {
    for (const partKey of loaded?.entries.keys() ?? []) {
      const id = `${step.stepId}/${partKey}`
      if (listed.has(partKey) || this.#droppable.has(id) || this.#droppable.has(step.stepId)) continue
      const message = `${describeStep(step)} has a stored position for partition ${quote(partKey)}, which is not listed any more; bring it back, or drop its position with --drop-state ${quote(id)} (\`dropState\`)`
      throw new TypewaxError('PARTITION_VANISHED', message, { stepId: step.userStepId, partKey })
    }
  }
}

async function listParts(step: PlanStep, of: { listParts(): string[] | Promise<string[]> }, fail: typeof sourceFailure): Promise<readonly string[]> {
  let names: unknown
  try {
    names = await of.listParts()
  } catch (error) {
    throw fail(step, 'listParts', error)
  }
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw wrongReturn(step, 'listParts', 'an array of strings', names)
}

function statesOf({ entries }: LoadedStep): ReadonlyMap<string, unknown> {
  return new Map([...entries].map(([name, { state }]) => [name, state]))
}

/** Checks that what a source or sink built is a partition: it has the methods that every one has. */
function checkPart(step: PlanStep, builder: string, part: unknown, methods: readonly string[], context: ErrorContext = {}): void {
  const missing = methods.find((name) => typeof (part as Readonly<Record<string, unknown>> | null | undefined)?.[name] !== 'function')
  if (missing !== undefined) throw wrongReturn(step, builder, `a partition with a method \`${missing}\``, part, context)
}

function isPartitionedSource(source: unknown): source is FixedPartitionedSource<unknown, unknown> {
  return (source as { '~source'?: unknown })['~source'] === 'fixed-partitioned'
}

function isPartitionedSink(sink: unknown): sink is FixedPartitionedSink<unknown, unknown> {
  return (sink as { '~sink'?: unknown })['~sink'] === 'fixed-partitioned'
}
