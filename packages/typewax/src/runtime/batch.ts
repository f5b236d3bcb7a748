/** Owns what flows between nodes: batches (never single items) and, in order with them, control messages. Arrays are never changed once emitted. */

import { quote, TypewaxError } from '../errors.ts'
import { silence } from '../thenable.ts'

/** Items: pairs as two parallel arrays if `keys` is there, else as they are. Never empty. */
export interface Batch {
  readonly kind: 'batch'
  readonly keys: readonly string[] | undefined
  readonly values: readonly unknown[]
  /** The source partition of this worker that all of its items come from, by number; -1 if that is not known any more. */
  source: number
}

/** End of an epoch: whatever came before belongs to it, whatever comes after does not. */
export interface Barrier {
  readonly kind: 'barrier'
  readonly epoch: number
}

/** End of input. Barriers still follow. */
export interface End {
  readonly kind: 'end'
}

/** The watermark of the stream from here on. */
export interface Watermark {
  readonly kind: 'watermark'
  /** Milliseconds since the epoch, `-Infinity` at first. */
  readonly watermarkMs: number
  /** Whether the stream is idle: others do not wait for it until it gives a watermark that is not. */
  readonly isIdle: boolean
}

/** What is to be known of a source partition besides its items: how long it has given none, or that it has ended. Items make it active again. */
export interface SourceStatus {
  readonly kind: 'sourceStatus'
  readonly source: number
  /** `Infinity`: it has ended. */
  readonly quietMs: number
}

export type Message = Batch | Control
export type Control = Barrier | End | Watermark | SourceStatus

export const END: End = { kind: 'end' }

export function makeBatch(keys: readonly string[] | undefined, values: readonly unknown[]): Batch {
  return { kind: 'batch', keys, values, source: -1 }
}

/** The items of a batch as the user sees them: `[key, value]` pairs if it is keyed. */
export function itemsOf(batch: Batch): readonly unknown[] {
  const { keys, values } = batch
  if (keys === undefined) return values
  const pairs: unknown[] = new Array(values.length)
  for (let index = 0; index < values.length; index++) pairs[index] = [keys[index], values[index]]
  return pairs
}

/** The batch as two parallel arrays; pairs are checked. */
export function toKeyed(batch: Batch, stepId: string): Batch & { readonly keys: readonly string[] } {
  if (batch.keys !== undefined) return batch as Batch & { readonly keys: readonly string[] }
  const keys: string[] = new Array(batch.values.length)
  const values: unknown[] = new Array(batch.values.length)
  for (let index = 0; index < batch.values.length; index++) {
    const item = batch.values[index]
    if (!Array.isArray(item) || item.length !== 2) throw notAPair(item, stepId)
    if (typeof item[0] !== 'string') throw keyNotString(item[0], stepId)
    keys[index] = item[0]
    values[index] = item[1]
  }
  return { kind: 'batch', keys, values, source: batch.source }
}

function notAPair(item: unknown, stepId: string): TypewaxError {
  return new TypewaxError(
    'NOT_A_PAIR',
    `step ${quote(stepId)} needs \`[key, value]\` pairs; got ${quote(item)}; key the stream with keyOn or map first`,
    { stepId },
  )
}

export function keyNotString(key: unknown, stepId: string): TypewaxError {
  silence(key)
  return new TypewaxError('KEY_NOT_STRING', `step ${quote(stepId)} needs string keys; got ${quote(key)}; convert it with String(…) or a template`, {
    stepId,
  })
}

/** Whether of two control messages with nothing between them the first may be left out. Not where a stream turns idle: others join up to there. */
export function supersedes(next: Message, last: { readonly kind: string; readonly isIdle?: boolean } | undefined): boolean {
  return next.kind === 'watermark' && last?.kind === 'watermark' && last.isIdle === next.isIdle
}
