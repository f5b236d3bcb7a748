/** Owns the source of the lines of files. */

import type { PartitionContext, StatefulSourcePartition } from '../../inputs/source.ts'
import { filesAt, type PathOptions } from './file-set.ts'
import { LineDecoder } from './line-decoder.ts'
import { pathString } from './path-string.ts'
import { type TextOptions, TextSource } from './text-source.ts'

export interface FileSourceOptions extends TextOptions, PathOptions {}

/**
 * Reads the lines of a file, or of all files that match a pattern: `new FileSource('logs/2026-*.log.gz')`. Each file is a partition; at its end the
 * partition ends (it does not tail), and a later execution continues with what was appended.
 *
 * Lines come without their ends (`\n`, `\r\n`, `\r`); blank ones are items too. Emitted once each, in order, after any crash: the position is the
 * offset behind the last line. A line longer than 12 characters shares the memory of its chunk of 256 KiB as long as it, or a piece of it, is kept.
 *
 * Throws `DIRECTORY_NOT_FOUND` or `NOT_A_DIRECTORY` if the directory of `path` is not there. A path without a file is `FILE_NOT_FOUND` (see `mustExist`).
 */
export class FileSource extends TextSource<string> {
  constructor(path: string | URL, options: FileSourceOptions = {}) {
    super(filesAt(pathString('path', path), options), options)
  }

  protected override open(path: string, offset: number, context: PartitionContext): StatefulSourcePartition<string, number> {
    return this.partition(path, new LineDecoder(offset), context)
  }
}
