/**
 * Owns the queues between nodes. A `Channel` belongs to one sender and one receiver; an `Inbox` joins the channels of a receiver and aligns their
 * barriers; an `Outlet` copies a stream to all its consumers. Bounds gate the start of an activation: `hasRoom` is asked before, never enforced within.
 */

import type { Barrier, Batch, Control, Message } from './batch.ts'
import { END, supersedes } from './batch.ts'
import { Watermarks } from './watermarks.ts'

/** Items that may wait in a channel before its sender is not activated any more. */
const CHANNEL_ITEMS = 16_384
/** Places of messages taken that may gather at the head of a channel. */
const TRIM_MESSAGES = 64

/** What a stream is emitted to. */
export interface Receiver {
  readonly hasRoom: boolean
  push(message: Message): void
}

export class Channel implements Receiver {
  readonly #capacity: number
  readonly #onTake: ((items: number) => void) | undefined
  #messages: (Message | undefined)[] = []
  #head = 0
  #items = 0

  /**
   * @param capacity Items that may wait. Fewer for a slow receiver, so that a barrier is soon through.
   * @param onTake Told when items are taken out.
   */
  constructor(capacity: number = CHANNEL_ITEMS, onTake?: (items: number) => void) {
    this.#capacity = Math.min(capacity, CHANNEL_ITEMS)
    this.#onTake = onTake
  }

  get hasRoom(): boolean {
    return this.#items < this.#capacity
  }

  get size(): number {
    return this.#messages.length - this.#head
  }

  push(message: Message): void {
    if (message.kind === 'batch') this.#items += message.values.length
    const last = this.#messages.length - 1
    if (last >= this.#head && supersedes(message, this.#messages[last])) this.#messages[last] = message
    else this.#messages.push(message)
  }

  peek(): Message | undefined {
    return this.#messages[this.#head]
  }

  shift(): Message | undefined {
    const message = this.#messages[this.#head]
    if (message === undefined) return undefined
    this.#messages[this.#head++] = undefined
    if (message.kind === 'batch') {
      this.#items -= message.values.length
      this.#onTake?.(message.values.length)
    }
    this.#trim()
    return message
  }

  /** Under steady backpressure a channel never runs empty: what was taken must go all the same. */
  #trim(): void {
    if (this.#head === this.#messages.length) this.#messages.length = 0
    else if (this.#head < TRIM_MESSAGES || this.#head * 2 < this.#messages.length) return
    else this.#messages.splice(0, this.#head)
    this.#head = 0
  }
}

/**
 * What a node receives: its channels in the order of its upstreams, barriers aligned, ends joined. Each channel in turn gives what waited in it when
 * its turn began, so that none starves when there is never room for everything.
 */
export class Inbox {
  readonly channels: readonly Channel[]
  /** Channels that have delivered the barrier the others still owe; what follows it waits. */
  readonly #atBarrier: boolean[]
  #barriersMissing: number
  #endsMissing: number
  readonly watermarks: Watermarks
  /** The channel whose turn it is, and how many messages are left of it; `undefined`: it has not begun. */
  #current = 0
  #left: number | undefined

  constructor(channels: readonly Channel[]) {
    this.channels = channels
    this.#atBarrier = channels.map(() => false)
    this.#barriersMissing = channels.length
    this.#endsMissing = channels.length
    this.watermarks = new Watermarks(channels.length)
  }

  /** The next message that may be handled now, or `undefined`. */
  next(): Message | undefined {
    // Once more than there are channels: the first may have had its turn, and got messages since.
    for (let turn = 0; turn <= this.channels.length; turn++) {
      const message = this.#take()
      if (message !== undefined) return message
      this.#turnTo((this.#current + 1) % this.channels.length)
    }
    this.#turnTo(0)
    return undefined
  }

  #turnTo(channel: number): void {
    this.#current = channel
    this.#left = undefined
  }

  #take(): Message | undefined {
    const channel = this.channels[this.#current] as Channel
    this.#left ??= channel.size
    while (this.#left > 0 && !this.#atBarrier[this.#current]) {
      this.#left -= 1
      const message = this.#join(channel.shift() as Message)
      if (message !== undefined) return message
    }
    return undefined
  }

  /** What a message means to the node: a barrier counts when it has come on all channels, the end likewise, of watermarks the least. */
  #join(message: Message): Message | undefined {
    switch (message.kind) {
      case 'batch':
      case 'sourceStatus':
        return message
      case 'barrier':
        return this.#align(message)
      case 'watermark':
        return this.watermarks.set(this.#current, message)
      case 'end':
        // Nobody waits for the watermark of a stream that has ended.
        return --this.#endsMissing === 0 ? END : this.watermarks.end(this.#current)
    }
  }

  #align(barrier: Barrier): Barrier | undefined {
    this.#atBarrier[this.#current] = true
    if (--this.#barriersMissing > 0) return undefined
    this.#atBarrier.fill(false)
    this.#barriersMissing = this.channels.length
    this.#turnTo(0)
    return barrier
  }
}

/** Where a node emits one of its streams. */
export class Outlet {
  readonly #receivers: Receiver[] = []
  itemCount = 0
  /** The source partition of the batches that are emitted; `undefined`: as the batches say. */
  source: number | undefined

  connect(receiver: Receiver): void {
    this.#receivers.push(receiver)
  }

  /** Whether anybody reads the stream. */
  get isRead(): boolean {
    return this.#receivers.length > 0
  }

  get hasRoom(): boolean {
    for (const receiver of this.#receivers) if (!receiver.hasRoom) return false
    return true
  }

  /** Emits items; nothing if there are none. */
  emit(batch: Batch): void {
    if (batch.values.length === 0) return
    this.itemCount += batch.values.length
    if (this.source !== undefined) batch.source = this.source
    for (const receiver of this.#receivers) receiver.push(batch)
  }

  /** Passes a control message on. */
  control(message: Control): void {
    for (const receiver of this.#receivers) receiver.push(message)
  }
}
