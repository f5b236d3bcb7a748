/** Owns the source of the values in files of JSON lines. */

import type { PartitionContext, StatefulSourcePartition } from '../../inputs/source.ts'
import { filesAt, type PathOptions } from './file-set.ts'
import { JsonLinesDecoder } from './json-lines-decoder.ts'
import { pathString } from './path-string.ts'
import { type TextOptions, TextSource } from './text-source.ts'

export interface JsonLinesSourceOptions extends TextOptions, PathOptions {}

/**
 * Reads a file of JSON lines (one value a line), or all files that match a pattern. Each file is a partition; blank lines are skipped. `T`, the type of a
 * value, is your claim, not checked: `new JsonLinesSource<Order>('orders.jsonl.gz')`. Emitted once each, in order, after any crash, as with `FileSource`.
 *
 * While running: `MALFORMED_JSON` with path, line and byte; to go on in spite of it read lines with `FileSource` and parse them with `tryMap`.
 */
export class JsonLinesSource<T = unknown> extends TextSource<T> {
  constructor(path: string | URL, options: JsonLinesSourceOptions = {}) {
    super(filesAt(pathString('path', path), options), options)
  }

  protected override open(path: string, offset: number, context: PartitionContext): StatefulSourcePartition<T, number> {
    return this.partition(path, new JsonLinesDecoder<T>(offset), context)
  }
}
