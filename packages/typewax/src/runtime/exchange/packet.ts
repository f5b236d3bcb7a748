/**
 * Owns what workers send each other: packets of batches and control messages, and how values travel in them. Flat values go as columns; all others
 * must be plain data and are serialised as in snapshots, or a flow would work with one worker only.
 */

import { serialize } from 'node:v8'
import { cut, quote, TypewaxError } from '../../errors.ts'
import { deserialize } from '../../recovery/codec.ts'
import { fromColumns, type StateColumns, toColumns } from '../../recovery/columns.ts'
import { checkPlainData } from '../../recovery/plain-data.ts'
import { type Batch, type Control, makeBatch } from '../batch.ts'

/** A stream between two steps, by number: the same on every worker. */
export type Edge = number

/** Values as they travel. */
type PackedValues =
  | { readonly form: 'numbers'; readonly numbers: Float64Array }
  | { readonly form: 'columns'; readonly columns: StateColumns }
  | { readonly form: 'strings'; readonly strings: readonly string[] }
  /** Serialised as states are: structured clone between threads would turn a `Buffer` into a `Uint8Array`. Measured: as fast. */
  | { readonly form: 'bytes'; readonly bytes: Uint8Array }

interface PackedBatch {
  readonly kind: 'batch'
  readonly keys: readonly string[] | undefined
  readonly values: PackedValues
  readonly count: number
}

export type PackedMessage = PackedBatch | Control

/** All that one worker sends another at one time, in order. */
export interface Packet {
  readonly messages: readonly (readonly [edge: Edge, message: PackedMessage])[]
  /** Items that were taken out of the queues of what came before: the sender may send as many again. */
  readonly taken: readonly (readonly [edge: Edge, items: number])[]
}

/** Buffers that go to the other worker with a packet, and are gone here. */
export function buffersOf({ messages }: Packet): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = []
  for (const [, message] of messages) {
    if (message.kind !== 'batch') continue
    const { values } = message
    if (values.form === 'numbers') buffers.push(values.numbers.buffer as ArrayBuffer)
    if (values.form === 'bytes') buffers.push(values.bytes.buffer as ArrayBuffer)
    if (values.form === 'columns')
      for (const column of values.columns.columns) if (column instanceof Float64Array) buffers.push(column.buffer as ArrayBuffer)
  }
  return buffers
}

/** Packs items for the way. `stepId` is the step that they go to, for messages. */
export function pack(keys: readonly string[] | undefined, values: readonly unknown[], stepId: string): PackedMessage {
  return { kind: 'batch', keys, values: packValues(keys, values, stepId), count: values.length }
}

export function unpack({ keys, values, count }: PackedBatch): Batch {
  switch (values.form) {
    case 'numbers':
      return makeBatch(keys, Array.from(values.numbers))
    case 'columns':
      return makeBatch(keys, fromColumns(values.columns, count))
    case 'strings':
      return makeBatch(keys, values.strings)
    case 'bytes':
      return makeBatch(keys, deserialize(values.bytes) as unknown[])
  }
}

function packValues(keys: readonly string[] | undefined, values: readonly unknown[], stepId: string): PackedValues {
  const numbers = numbersIn(values)
  if (numbers !== undefined) return { form: 'numbers', numbers }
  const columns = toColumns(values)
  if (columns !== undefined) return { form: 'columns', columns }
  if (values.every((value) => typeof value === 'string')) return { form: 'strings', strings: values }
  for (let index = 0; index < values.length; index++) check(values[index], keys?.[index], stepId)
  return { form: 'bytes', bytes: serialize(values) }
}

function numbersIn(values: readonly unknown[]): Float64Array | undefined {
  if (typeof values[0] !== 'number') return undefined
  const numbers = new Float64Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (typeof value !== 'number') return undefined
    numbers[index] = value
  }
  return numbers
}

function check(value: unknown, key: string | undefined, stepId: string): void {
  const problem = checkPlainData(value)
  if (problem === undefined) return
  const path = problem.path.replace(/^state/, 'item')
  const place = key === undefined ? '' : ` for key ${quote(key)}`
  const message = `an item${place} on its way to ${quote(stepId)} can't go to another worker: ${cut(path)} is ${problem.got}; send plain data (JSON types, bigint, Date, Map, Set, typed arrays) and build the rest from it behind that step`
  throw new TypewaxError('UNSENDABLE_ITEM', message, key === undefined ? { stepId } : { stepId, key })
}
