/**
 * Owns writing lines to one file so that each is in it exactly once: a position that a resumed execution cuts the file back to, and an `fsync` at
 * each barrier, before the position is stored.
 */

import { Buffer } from 'node:buffer'
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { quote, TypewaxError } from '../../errors.ts'
import { StatefulSinkPartition } from '../../outputs/sink.ts'
import { errnoOf, tooShort, unwritable } from './file-errors.ts'
import { checkWriting, enterWriting, type User } from './file-uses.ts'
import { releaseOnce } from './release.ts'
import { syncDirectory, syncFile } from './sync.ts'

export interface LineFile {
  readonly path: string
  /** Written behind each value. */
  readonly end: string
}

export class FileSinkPartition extends StatefulSinkPartition<string, number> {
  readonly #path: string
  readonly #end: string
  readonly #file: number
  /** The name of the file may be new: its directory is made durable once, with the first flush. */
  #isNameDurable = false
  #position: number
  /** The flush that is on its way: the file must stay open until then. */
  #flushing: Promise<void> | undefined

  constructor({ path, end }: LineFile, resumePosition: number | undefined, user: User) {
    super()
    this.#path = path
    this.#end = end
    this.#position = resumePosition ?? 0
    checkWriting(path, user)
    this.#file = openAt(path, this.#position)
    releaseOnce(user.signal, () => this.#release())
    enterWriting(path, user)
  }

  override writeBatch(values: readonly string[]): void {
    if (values.length === 0) return
    for (const value of values) if (typeof value !== 'string') throw notString(this.#path, value)
    this.#write(Buffer.from(values.join(this.#end) + this.#end))
  }

  override flush(): Promise<void> {
    this.#flushing = this.#sync().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  snapshot(): number {
    return this.#position
  }

  #write(bytes: Buffer): void {
    let written = 0
    try {
      // The system may write less than it was given, as when the disk is almost full.
      while (written < bytes.length) written += writeSync(this.#file, bytes, written, bytes.length - written, this.#position + written)
    } catch (error) {
      throw unwritable(this.#path, error)
    }
    this.#position += written
  }

  async #sync(): Promise<void> {
    try {
      await syncFile(this.#file)
      if (!this.#isNameDurable) await syncDirectory(dirname(this.#path))
      this.#isNameDurable = true
    } catch (error) {
      throw unwritable(this.#path, error)
    }
  }

  #release(): void {
    const close = (): void => closeSync(this.#file)
    if (this.#flushing === undefined) close()
    else this.#flushing.then(close, close)
  }
}

/** Opens the file and cuts it at `position`. */
function openAt(path: string, position: number): number {
  try {
    // Only `w` creates the file: one that should have content and is gone must not be covered up by an empty one.
    const file = openSync(path, position === 0 ? 'w' : 'r+')
    const sizeBytes = fstatSync(file).size
    if (sizeBytes < position) {
      closeSync(file)
      throw tooShort(path, `byte ${position}`, `${sizeBytes} bytes`)
    }
    if (sizeBytes > position) ftruncateSync(file, position)
    return file
  } catch (error) {
    if (position > 0 && errnoOf(error) === 'ENOENT') throw tooShort(path, `byte ${position}`, '0 bytes, being gone')
    throw unwritable(path, error)
  }
}

function notString(path: string, value: unknown): TypewaxError {
  return new TypewaxError('VALUE_NOT_STRING', `${quote(path)} takes strings as values; got ${quote(value)}; put a \`mapValue\` before the sink`)
}
