/**
 * Owns one text file as a source partition: blocks in, batches of items out, a position that is exact at each of them. What the text means is up to
 * a decoder. Plain files are read synchronously, compressed ones by promises.
 */

import { type Awaitable, type Batch, EOF, type PartitionProgress, StatefulSourcePartition } from '../../inputs/source.ts'
import type { ByteReader } from './byte-reader.ts'
import { explain } from './explain.ts'
import { type Compression, openBytes } from './open-bytes.ts'
import { releaseOnce } from './release.ts'
import type { TextBlock } from './text-block.ts'
import { type Encoding, TextBlocks } from './text-blocks.ts'
import type { TextDecoder } from './text-decoder.ts'

/** How to read a text file. */
export interface TextFormat {
  readonly batchSize: number
  readonly compression: Compression
  readonly encoding: Encoding
  /** Bytes read at once; absent: the default. For tests. */
  readonly chunkBytes: number | undefined
}

/** The position is the offset, in bytes of (decompressed) text, behind the last item. */
export class TextPartition<X> extends StatefulSourcePartition<X, number> {
  override readonly isSynchronous: boolean
  readonly #path: string
  readonly #format: TextFormat
  readonly #decoder: TextDecoder<X>
  readonly #bytes: ByteReader
  readonly #blocks: TextBlocks
  readonly #release: () => void
  /** A batch in the making: it may take several blocks. */
  #gathered: X[] = []
  #isAtEnd = false
  #sizeBytes: number | undefined

  /** Opens the file at the position where `decoder` begins. Throws what `openBytes` throws. */
  constructor(path: string, format: TextFormat, decoder: TextDecoder<X>, signal: AbortSignal) {
    super()
    this.#path = path
    this.#format = format
    this.#decoder = decoder
    this.#bytes = openBytes(path, decoder.position(), format.compression)
    this.isSynchronous = this.#bytes.isSynchronous
    this.#blocks = new TextBlocks(this.#bytes, format.encoding, decoder.position(), format.chunkBytes)
    this.#release = releaseOnce(signal, () => this.#bytes.close())
  }

  nextBatch(): Awaitable<Batch<X>> {
    try {
      return this.#next()
    } catch (error) {
      return this.#explain(error)
    }
  }

  snapshot(): number {
    return this.#decoder.position()
  }

  override progress(): PartitionProgress {
    if (!this.#isAtEnd) this.#sizeBytes = this.#bytes.sizeBytes()
    const position = this.#decoder.position()
    return this.#sizeBytes === undefined ? { position, unit: 'bytes' } : { position, end: this.#sizeBytes, unit: 'bytes' }
  }

  override close(): void {
    this.#release()
  }

  #next(): Awaitable<Batch<X>> {
    const { batchSize } = this.#format
    while (this.#gathered.length < batchSize) {
      const items = this.#decoder.take(batchSize - this.#gathered.length)
      if (items !== undefined) {
        if (this.#gathered.length === 0) this.#gathered = items
        else for (const item of items) this.#gathered.push(item)
        continue
      }
      if (this.#isAtEnd) break
      const block = this.#blocks.next(this.#decoder.wantBytes)
      if (block instanceof Promise) return this.#nextAfter(block)
      this.#feed(block)
    }
    const batch = this.#gathered
    this.#gathered = []
    return batch.length === 0 ? EOF : batch
  }

  #nextAfter(block: Promise<TextBlock | undefined>): Promise<Batch<X>> {
    return block.then(
      (arrived) => {
        this.#feed(arrived)
        return this.nextBatch()
      },
      (error: unknown) => this.#explain(error),
    )
  }

  #feed(block: TextBlock | undefined): void {
    if (block === undefined) {
      this.#sizeBytes = this.#bytes.sizeBytes()
      this.#isAtEnd = true
    }
    this.#decoder.feed(block)
  }

  #explain(error: unknown): Awaitable<never> {
    return explain(error, this.#path, this.#format.compression)
  }
}
