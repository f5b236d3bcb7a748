/**
 * Owns the way of a stream to a step whose items belong to certain workers: stateful steps (by key), partitioned outputs (by partition) and
 * `redistribute` (in turn). Control messages go to every worker. One router for each stream and sender.
 */

import { type Batch, type Control, type Message, makeBatch, toKeyed } from '../batch.ts'
import type { Channel } from '../channel.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Edge } from '../exchange/packet.ts'
import { ownerOf } from '../key-groups.ts'

/** Where a router sends: an edge, the step at its end, and the queue of this worker. */
export interface Way {
  readonly edge: Edge
  /** As the user wrote it, for messages. */
  readonly stepId: string
  readonly own: Channel
}

abstract class Router {
  readonly #exchange: Exchange
  readonly #way: Way

  constructor(exchange: Exchange, way: Way) {
    this.#exchange = exchange
    this.#way = way
  }

  get hasRoom(): boolean {
    const { workerCount, workerIndex } = this.#exchange
    if (!this.#way.own.hasRoom) return false
    for (let worker = 0; worker < workerCount; worker++) if (worker !== workerIndex && !this.#exchange.hasRoom(worker, this.#way.edge)) return false
    return true
  }

  push(message: Message): void {
    if (message.kind === 'batch') this.#batch(message)
    else this.#control(message)
  }

  protected get workerCount(): number {
    return this.#exchange.workerCount
  }

  protected get stepId(): string {
    return this.#way.stepId
  }

  /** The batch as it is to be sent. */
  protected prepare(batch: Batch): Batch {
    return batch
  }

  protected abstract targetOf(batch: Batch, index: number): number

  #batch(incoming: Batch): void {
    const exchange = this.#exchange
    const { edge, stepId, own } = this.#way
    const batch = this.prepare(incoming)
    const { keys, values } = batch
    const counts: number[] = new Array<number>(exchange.workerCount).fill(0)
    const ownKeys: string[] | undefined = keys && []
    const ownValues: unknown[] = []
    for (let index = 0; index < values.length; index++) {
      const target = this.targetOf(batch, index)
      if (target !== exchange.workerIndex) {
        counts[target] = (counts[target] as number) + 1
        exchange.sendItem(target, edge, stepId, keys?.[index], values[index])
      } else {
        ownValues.push(values[index])
        ownKeys?.push((keys as readonly string[])[index] as string)
      }
    }
    if (ownValues.length > 0) own.push(makeBatch(ownKeys, ownValues))
    for (let target = 0; target < counts.length; target++) {
      const count = counts[target] as number
      if (count > 0) exchange.sent(target, edge, count)
    }
  }

  #control(control: Control): void {
    // Behind an exchange nobody can tell the source partition of an item.
    if (control.kind === 'sourceStatus') return
    const { edge, own } = this.#way
    const { workerCount, workerIndex } = this.#exchange
    own.push(control)
    for (let worker = 0; worker < workerCount; worker++) if (worker !== workerIndex) this.#exchange.sendControl(worker, edge, control)
  }
}

/** To the worker that owns the key. */
export class KeyRouter extends Router {
  protected override prepare(batch: Batch): Batch {
    return toKeyed(batch, this.stepId)
  }

  protected override targetOf({ keys }: Batch, index: number): number {
    return ownerOf((keys as readonly string[])[index] as string, this.workerCount)
  }
}

/** To the worker that has the sink's partition for the key. */
export class PartRouter extends Router {
  readonly #ownerOf: (key: string) => number

  constructor(exchange: Exchange, way: Way, partOwnerOf: (key: string) => number) {
    super(exchange, way)
    this.#ownerOf = partOwnerOf
  }

  protected override prepare(batch: Batch): Batch {
    return toKeyed(batch, this.stepId)
  }

  protected override targetOf({ keys }: Batch, index: number): number {
    return this.#ownerOf((keys as readonly string[])[index] as string)
  }
}

/** To each worker in turn, beginning with this one: a few items of each sender spread as well. */
export class TurnRouter extends Router {
  #next: number

  constructor(exchange: Exchange, way: Way) {
    super(exchange, way)
    this.#next = exchange.workerIndex
  }

  protected override targetOf(): number {
    const target = this.#next
    this.#next = (target + 1) % this.workerCount
    return target
  }
}
