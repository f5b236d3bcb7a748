/** Owns the sink that spreads lines over the files of a directory by key. */

import { Buffer } from 'node:buffer'
import { mkdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { quote, TypewaxError } from '../../errors.ts'
import { positiveInteger } from '../../inputs/checks.ts'
import type { PartitionContext } from '../../inputs/source.ts'
import { adler32 } from '../../outputs/adler32.ts'
import { FixedPartitionedSink, type StatefulSinkPartition } from '../../outputs/sink.ts'
import { unwritable } from './file-errors.ts'
import { FileSinkPartition } from './file-sink-partition.ts'
import { pathString } from './path-string.ts'
import { syncDirectoryNow } from './sync.ts'

export interface DirSinkOptions {
  /** How many files. A recovery store is bound to it: other files mean other partitions. */
  readonly fileCount: number
  /** Names file `index` of `fileCount`. Default: `part_0`, with zeros in front so that all names are equally long. */
  readonly fileName?: (index: number, fileCount: number) => string
  /** Chooses the file of a key; the result is wrapped by the number of files. Default: the Adler-32 checksum of the key. */
  readonly assignFile?: (key: string) => number
  /** Written behind each value; default `'\n'`. */
  readonly end?: string
}

/**
 * Writes values, one a line, to the file that their key chooses. Each file is a partition: written by one worker, in the order of arrival, and
 * exactly once as with `FileSink`. The directory is created if it is not there, and so is each file, even if no item comes for it.
 *
 * Throws `INVALID_ARGUMENT` for file names that are not distinct or not plain names. While running as `FileSink`.
 */
export class DirSink extends FixedPartitionedSink<string, number> {
  readonly #dir: string
  readonly #end: string
  readonly #names: readonly string[]
  /** For the index of a file the place of its name among the sorted names, which is what the engine goes by. */
  readonly #places: readonly number[]
  readonly #assignFile: (key: string) => number

  constructor(dir: string | URL, options: DirSinkOptions) {
    super()
    this.#dir = pathString('dir', dir)
    this.#end = options.end ?? '\n'
    this.#names = namesOf(positiveInteger('fileCount', options.fileCount), options.fileName ?? paddedName)
    const sorted = this.#names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    this.#places = this.#names.map((name) => sorted.indexOf(name))
    this.#assignFile = options.assignFile ?? adler32
  }

  listParts(): string[] {
    return [...this.#names]
  }

  override partFn(key: string): number {
    const index = this.#assignFile(key)
    // What is no index at all goes through as it is: the engine reports it with step and key.
    return Number.isInteger(index) ? (this.#places[index % this.#places.length] ?? index) : index
  }

  buildPart(forPart: string, resumeState: number | undefined, context: PartitionContext): StatefulSinkPartition<string, number> {
    createDirectory(this.#dir)
    return new FileSinkPartition({ path: join(this.#dir, forPart), end: this.#end }, resumeState, context)
  }
}

function paddedName(index: number, fileCount: number): string {
  return `part_${String(index).padStart(String(fileCount - 1).length, '0')}`
}

function namesOf(fileCount: number, fileName: (index: number, fileCount: number) => string): string[] {
  const names = Array.from({ length: fileCount }, (_, index) => fileName(index, fileCount))
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || name === '' || name === '.' || name === '..' || basename(name) !== name) {
      throw new TypewaxError('INVALID_ARGUMENT', `\`fileName\` must give the name of a file in the directory; got ${quote(name)} for file ${index}`)
    }
  }
  if (new Set(names).size === fileCount) return names
  throw new TypewaxError('INVALID_ARGUMENT', `\`fileName\` must give a different name for each file; got ${quote(names)}`)
}

/** Creates a directory with those above it, and makes them durable: at the start, so that no partition has to know of it. */
function createDirectory(dir: string): void {
  try {
    const target = resolve(dir)
    const created = mkdirSync(target, { recursive: true })
    if (created === undefined) return
    for (let changed = dirname(target); ; changed = dirname(changed)) {
      syncDirectoryNow(changed)
      if (changed === dirname(created)) return
    }
  } catch (error) {
    throw unwritable(dir, error)
  }
}
