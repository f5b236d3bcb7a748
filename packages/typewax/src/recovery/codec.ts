/**
 * Owns the format of a chunk: how up to 1,000 entries of a step become bytes, and back. Nothing is executed on load: the structured-clone format
 * of `node:v8` holds plain data only.
 *
 * Layout: version (1 byte), codec (1 byte: 1 = structured clone), CRC-32 of the payload (4 bytes, little-endian), payload. The payload is one
 * serialised array: keys, sub-keys (or `undefined` if no entry has one), operations (0 = upsert, 1 = discard), states; states that are flat and look
 * alike as an object of columns (`columns.ts`) instead of an array.
 */

import { Buffer } from 'node:buffer'
import { DefaultDeserializer, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { messageOf, TypewaxError } from '../errors.ts'
import { fromColumns, type StateColumns } from './columns.ts'

const VERSION = 1
const STRUCTURED_CLONE = 1
const HEADER_BYTES = 6

export const UPSERT = 0
export const DISCARD_ENTRY = 1

/** Entries of one step as parallel columns. A discard without sub-key discards all sub-keys of the key too; its state is `undefined`. */
export interface EntryColumns {
  readonly keys: readonly string[]
  readonly subKeys: readonly (string | undefined)[] | undefined
  readonly operations: Uint8Array
  readonly states: readonly unknown[]
}

/**
 * Encodes entries. Throws what `v8.serialize` throws for functions and symbols; the caller checks states before (`plain-data.ts`).
 *
 * @param columns The states as columns, if they can be (`toColumns`).
 */
export function encodeChunk(entries: EntryColumns, columns?: StateColumns): Uint8Array {
  const payload = serialize([entries.keys, entries.subKeys, entries.operations, columns ?? entries.states])
  const bytes = new Uint8Array(HEADER_BYTES + payload.byteLength)
  bytes[0] = VERSION
  bytes[1] = STRUCTURED_CLONE
  new DataView(bytes.buffer).setUint32(2, crc32(payload), true)
  bytes.set(payload, HEADER_BYTES)
  return bytes
}

/** Decodes a chunk. Fails with `STORE_CORRUPT` if the checksum does not fit, `STORE_VERSION` if the format is not known, `STATE_UNREADABLE` else. */
export function decodeChunk(bytes: Uint8Array, where: string): EntryColumns {
  verifyChunk(bytes, where)
  try {
    const [keys, subKeys, operations, states] = deserialize(bytes.subarray(HEADER_BYTES)) as Payload
    return { keys, subKeys, operations, states: Array.isArray(states) ? states : fromColumns(states, keys.length) }
  } catch (cause) {
    throw new TypewaxError('STATE_UNREADABLE', `${where} cannot be deserialised by this version of Node (${messageOf(cause)})`, {
      domain: 'external',
      cause,
    })
  }
}

/** Gives binary data a buffer of its own: Node's would be a view of the whole chunk, to which a state could write and which it would keep alive. */
class OwningDeserializer extends DefaultDeserializer {
  _readHostObject(): unknown {
    const view: ArrayBufferView = Reflect.get(DefaultDeserializer.prototype, '_readHostObject').call(this)
    if (view instanceof Buffer) return Buffer.from(view)
    if (view instanceof DataView) return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
    return (view as Uint8Array).slice()
  }
}

type Payload = [string[], (string | undefined)[] | undefined, Uint8Array, unknown[] | StateColumns]

/** Reads what `v8.serialize` wrote. */
export function deserialize(payload: Uint8Array): unknown {
  const deserializer = new OwningDeserializer(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength))
  deserializer.readHeader()
  return deserializer.readValue()
}

/** Checks format and checksum of a chunk without decoding it. */
export function verifyChunk(bytes: Uint8Array, where: string): void {
  if (bytes.byteLength < HEADER_BYTES) throw corrupt(where, `it has ${bytes.byteLength} bytes`)
  if (bytes[0] !== VERSION || bytes[1] !== STRUCTURED_CLONE) {
    const got = `format ${bytes[0]}, codec ${bytes[1]}`
    throw new TypewaxError('STORE_VERSION', `${where} has ${got}; this version of typewax reads format ${VERSION}, codec ${STRUCTURED_CLONE}`, {
      domain: 'external',
    })
  }
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(2, true)
  if (stored !== crc32(bytes.subarray(HEADER_BYTES))) throw corrupt(where, 'its checksum does not fit')
}

function corrupt(where: string, what: string): TypewaxError {
  return new TypewaxError('STORE_CORRUPT', `${where} is damaged: ${what}; restore the store from a backup, or delete it to start over`, {
    domain: 'external',
  })
}
