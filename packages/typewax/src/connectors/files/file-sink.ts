/** Owns the sink that writes lines to one file. */

import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { quote, TypewaxError } from '../../errors.ts'
import type { PartitionContext } from '../../inputs/source.ts'
import { FixedPartitionedSink, type StatefulSinkPartition } from '../../outputs/sink.ts'
import { FileSinkPartition } from './file-sink-partition.ts'
import { pathString } from './path-string.ts'

export interface FileSinkOptions {
  /** Written behind each value; default `'\n'`. */
  readonly end?: string
}

/**
 * Writes values, one a line, to one file. The keys of the items are only there to be dropped.
 *
 * With a recovery store each value is in the file exactly once, whatever crashed: a resumed execution first cuts the file back to its last committed
 * position. Without one, an existing file is emptied. Who reads along sees lines that a crash may take back. The file is there once the run
 * has begun, even if no item comes.
 *
 * While running: `DIRECTORY_NOT_FOUND`, `FILE_UNWRITABLE`, `FILE_IN_USE` if another step writes the file or one of the same flow reads it, `FILE_TOO_SHORT` if the file to continue has lost committed content, `VALUE_NOT_STRING`.
 */
export class FileSink extends FixedPartitionedSink<string, number> {
  readonly #path: string
  readonly #end: string

  constructor(path: string | URL, options: FileSinkOptions = {}) {
    super()
    this.#path = pathString('path', path)
    this.#end = options.end ?? '\n'
  }

  listParts(): string[] {
    return [this.#path]
  }

  override partFn(): number {
    return 0
  }

  buildPart(forPart: string, resumeState: number | undefined, context: PartitionContext): StatefulSinkPartition<string, number> {
    const directory = dirname(forPart)
    if (!existsSync(directory)) {
      const message = `there is no directory ${quote(directory)} for the output file ${quote(forPart)}; create it first`
      throw new TypewaxError('DIRECTORY_NOT_FOUND', message, { domain: 'external' })
    }
    return new FileSinkPartition({ path: forPart, end: this.#end }, resumeState, context)
  }
}
