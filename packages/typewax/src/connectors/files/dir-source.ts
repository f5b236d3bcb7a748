/** Owns the source of the lines of all files in a directory. */

import type { PartitionContext, StatefulSourcePartition } from '../../inputs/source.ts'
import { filesIn } from './file-set.ts'
import { LineDecoder } from './line-decoder.ts'
import { pathString } from './path-string.ts'
import { type TextOptions, TextSource } from './text-source.ts'

export interface DirSourceOptions extends TextOptions {
  /** Which files, relative to the directory; default `'*'`. `'**\/*.log'` looks into directories of any depth. Names that begin with a dot need a dot here. */
  readonly glob?: string
}

/**
 * Reads the lines of the files in a directory. Each file is a partition, named by its path in the directory; otherwise as `FileSource`. For other
 * formats give their source a pattern: `new CsvSource('data/*.csv')`.
 *
 * Throws `DIRECTORY_NOT_FOUND` or `NOT_A_DIRECTORY`. No file matches: the input is empty.
 */
export class DirSource extends TextSource<string> {
  constructor(dir: string | URL, options: DirSourceOptions = {}) {
    super(filesIn(pathString('dir', dir), options.glob ?? '*', options), options)
  }

  protected override open(path: string, offset: number, context: PartitionContext): StatefulSourcePartition<string, number> {
    return this.partition(path, new LineDecoder(offset), context)
  }
}
