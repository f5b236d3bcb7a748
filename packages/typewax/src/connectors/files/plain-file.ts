/** Owns reading an uncompressed file. It reads synchronously: a chunk in the page cache costs less than the promise for it. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ByteReader } from './byte-reader.ts'
import { directoryInPlaceOfFile, tooShort, unreadable } from './file-errors.ts'

export class PlainFile implements ByteReader {
  readonly isSynchronous = true
  readonly #path: string
  readonly #file: number
  #position: number

  constructor(path: string, offset: number) {
    this.#path = path
    this.#position = offset
    this.#file = attempt(path, () => openSync(path, 'r'))
    const stats = fstatSync(this.#file)
    if (!stats.isDirectory() && stats.size >= offset) return
    this.close()
    throw stats.isDirectory() ? directoryInPlaceOfFile(path) : tooShort(path, `byte ${offset}`, `${stats.size} bytes`)
  }

  read(into: Buffer, at: number): number {
    const count = attempt(this.#path, () => readSync(this.#file, into, at, into.length - at, this.#position))
    this.#position += count
    return count
  }

  sizeBytes(): number {
    return fstatSync(this.#file).size
  }

  close(): void {
    closeSync(this.#file)
  }
}

function attempt<R>(path: string, call: () => R): R {
  try {
    return call()
  } catch (error) {
    throw unreadable(path, error)
  }
}
