/**
 * Owns the queues between nodes. A `Channel` belongs to one sender and one receiver; an `Inbox` joins the channels of a receiver and aligns their
 * barriers; an `Outlet` copies a stream to all its consumers. Bounds gate the start of an activation: `hasRoom` is asked before, never enforced within.
 */

import type { Barrier, Batch, Message } from './batch.ts'
import { END } from './batch.ts'

/** Items that may wait in a channel before its sender is not activated any more. */
const CHANNEL_ITEMS = 16_384

export class Channel {
  #messages: (Message | undefined)[] = []
  #head = 0
  #items = 0

  get hasRoom(): boolean {
    return this.#items < CHANNEL_ITEMS
  }

  get size(): number {
    return this.#messages.length - this.#head
  }

  push(message: Message): void {
    this.#messages.push(message)
    if (message.kind === 'batch') this.#items += message.values.length
  }

  peek(): Message | undefined {
    return this.#messages[this.#head]
  }

  shift(): Message | undefined {
    const message = this.#messages[this.#head]
    if (message === undefined) return undefined
    this.#messages[this.#head++] = undefined
    if (message.kind === 'batch') this.#items -= message.values.length
    if (this.#head === this.#messages.length) {
      this.#messages.length = 0
      this.#head = 0
    }
    return message
  }
}

/** What a node receives: its channels in the order of its upstreams, drained one after the other, barriers aligned, ends joined. */
export class Inbox {
  readonly channels: readonly Channel[]
  /** Channels that have delivered the barrier the others still owe; what follows it waits. */
  readonly #atBarrier: boolean[]
  #barriersMissing: number
  #endsMissing: number
  #current = 0

  constructor(channels: readonly Channel[]) {
    this.channels = channels
    this.#atBarrier = channels.map(() => false)
    this.#barriersMissing = channels.length
    this.#endsMissing = channels.length
  }

  /** The next message that may be handled now, or `undefined`. */
  next(): Message | undefined {
    for (let tried = 0; tried < this.channels.length; tried++) {
      const message = this.#nextOf(this.#current)
      if (message !== undefined) return message
      this.#current = (this.#current + 1) % this.channels.length
    }
    this.#current = 0
    return undefined
  }

  #nextOf(index: number): Message | undefined {
    const channel = this.channels[index] as Channel
    while (!this.#atBarrier[index]) {
      const message = channel.shift()
      if (message === undefined || message.kind === 'batch') return message
      const joined = message.kind === 'barrier' ? this.#align(index, message) : this.#end()
      if (joined !== undefined) return joined
    }
    return undefined
  }

  #align(index: number, barrier: Barrier): Barrier | undefined {
    this.#atBarrier[index] = true
    if (--this.#barriersMissing > 0) return undefined
    this.#atBarrier.fill(false)
    this.#barriersMissing = this.channels.length
    return barrier
  }

  #end(): Message | undefined {
    return --this.#endsMissing === 0 ? END : undefined
  }
}

/** Where a node emits one of its streams. */
export class Outlet {
  readonly #channels: Channel[] = []
  itemCount = 0

  connect(channel: Channel): void {
    this.#channels.push(channel)
  }

  get hasRoom(): boolean {
    for (const channel of this.#channels) if (!channel.hasRoom) return false
    return true
  }

  /** Emits items; nothing if there are none. */
  emit(batch: Batch): void {
    if (batch.values.length === 0) return
    this.itemCount += batch.values.length
    for (const channel of this.#channels) channel.push(batch)
  }

  /** Passes a barrier or the end on. */
  control(message: Message): void {
    for (const channel of this.#channels) channel.push(message)
  }
}
