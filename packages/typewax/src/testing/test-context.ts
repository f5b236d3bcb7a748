/** Owns what a test needs to build and poll partitions by hand, without a dataflow. */

import { setTimeout } from 'node:timers/promises'
import { type Logger, silentLogger } from '../dataflow/logger.ts'
import { type Awaitable, type EndOfInput, EOF, type PartitionContext, type StatelessSourcePartition } from '../inputs/source.ts'
import { now } from '../time.ts'

/** A context whose end the test decides. */
export interface TestContext extends PartitionContext {
  /** Ends the execution: `signal` fires. */
  end(): void
}

export function testContext(options: { stepId?: string; workerIndex?: number; logger?: Logger } = {}): TestContext {
  const lifetime = new AbortController()
  const { stepId = 'test.step', workerIndex = 0, logger = silentLogger } = options
  return { stepId, workerIndex, logger, signal: lifetime.signal, end: () => lifetime.abort() }
}

export interface PollOptions {
  /** Waits until a time of day, in milliseconds since the epoch: `(timeMs) => clock.advanceTo(timeMs)`. Default: waits in earnest. */
  readonly waitUntil?: (timeMs: number) => Awaitable<void>
  /** Polls in a row without an item after which to give up. Default 5,000. */
  readonly maxEmptyPolls?: number
}

/**
 * Polls a partition as the runtime would, when `nextAwake` is due, until it gives items or `EOF`. Items are never `[]`.
 *
 * Gives up with an `Error` after `maxEmptyPolls`.
 */
export async function pollItems<X>(partition: StatelessSourcePartition<X>, options: PollOptions = {}): Promise<readonly X[] | EndOfInput> {
  const { waitUntil = waitInEarnest, maxEmptyPolls = 5_000 } = options
  for (let poll = 0; poll < maxEmptyPolls; poll++) {
    const awakeAt = partition.nextAwake()
    if (awakeAt !== undefined) await waitUntil(awakeAt)
    else if (poll > 0) await setTimeout(1)
    const batch = await partition.nextBatch()
    if (isEof(batch)) return EOF
    const items = [...batch]
    if (items.length > 0) return items
  }
  throw new Error(`the partition gave neither items nor EOF in ${maxEmptyPolls} polls`)
}

/** Tells whether a batch is the end of input. */
export function isEof(batch: unknown): batch is EndOfInput {
  return batch === EOF
}

async function waitInEarnest(timeMs: number): Promise<void> {
  const delayMs = timeMs - now()
  if (delayMs > 0) await setTimeout(delayMs)
}
