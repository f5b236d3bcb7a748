/** Owns the shape of what gives the bytes of a file, whether plain or compressed. */

import type { Awaitable } from '../../inputs/source.ts'

export interface ByteReader {
  /** Whether `read` never gives a promise. */
  readonly isSynchronous: boolean
  /** Copies the next bytes into `into` from index `at` on, as many as there are and fit. Gives their number; 0 only at the end. */
  read(into: Buffer, at: number): Awaitable<number>
  /** How many bytes there are altogether, if that is known. Not after `close`. */
  sizeBytes(): number | undefined
  close(): void
}
