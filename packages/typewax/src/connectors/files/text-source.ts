/** Owns what all sources of text files have in common: their options, and a partition for each file. A subclass says what the text means. */

import { quote, TypewaxError } from '../../errors.ts'
import { positiveInteger } from '../../inputs/checks.ts'
import { type Awaitable, FixedPartitionedSource, type PartitionContext, type StatefulSourcePartition } from '../../inputs/source.ts'
import type { FileSet, FileSetOptions } from './file-set.ts'
import { enterReading } from './file-uses.ts'
import { type Compression, compressionOf } from './open-bytes.ts'
import type { Encoding } from './text-blocks.ts'
import type { TextDecoder } from './text-decoder.ts'
import { type TextFormat, TextPartition } from './text-partition.ts'

/** Options of every source of text files. */
export interface TextOptions extends FileSetOptions {
  /** Items in a batch; default 1,000. Only the last batch of a file has fewer. */
  readonly batchSize?: number
  /** Default `'auto'`: by the ending of the path, `.gz` or `.zst`. A compressed file resumes by decompressing from its start. */
  readonly compression?: Compression
  /** Default `'utf8'`; bytes that are no valid UTF-8 are an error then, and not replaced. */
  readonly encoding?: Encoding
}

const DEFAULT_BATCH_SIZE = 1_000

export abstract class TextSource<X> extends FixedPartitionedSource<X, number> {
  protected readonly format: TextFormat
  readonly #files: FileSet

  /** @internal */
  constructor(files: FileSet, options: TextOptions) {
    super()
    this.#files = files
    this.format = textFormat(options)
  }

  listParts(): string[] {
    return this.#files.listParts()
  }

  buildPart(forPart: string, resumeState: number | undefined, context: PartitionContext): Awaitable<StatefulSourcePartition<X, number>> {
    const path = this.#files.pathOf(forPart)
    enterReading(path, context)
    return this.open(path, resumeState ?? 0, context)
  }

  /** Opens the file at `path` for reading from byte `offset` on. */
  protected abstract open(path: string, offset: number, context: PartitionContext): Awaitable<StatefulSourcePartition<X, number>>

  /** A partition whose text is read by `decoder`, from the decoder's position on. */
  protected partition(path: string, decoder: TextDecoder<X>, context: PartitionContext): StatefulSourcePartition<X, number> {
    return new TextPartition(path, this.format, decoder, context.signal)
  }
}

function textFormat(options: TextOptions): TextFormat {
  return {
    batchSize: positiveInteger('batchSize', options.batchSize ?? DEFAULT_BATCH_SIZE),
    compression: compressionOf(options.compression),
    encoding: encodingOf(options.encoding),
    chunkBytes: undefined,
  }
}

function encodingOf(value: Encoding | undefined): Encoding {
  if (value === undefined) return 'utf8'
  if (value === 'utf8' || value === 'latin1') return value
  throw new TypewaxError('INVALID_ARGUMENT', `\`encoding\` must be "utf8" or "latin1"; got ${quote(value)}`)
}
