/** Entry point `typewax/connectors/stdio`: lines from standard input, items to standard output. */

import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { messageOf, TypewaxError } from '../errors.ts'
import { type Batch, DynamicSource, EOF, type PartitionContext, StatelessSourcePartition } from '../inputs/source.ts'
import { DynamicSink, StatelessSinkPartition } from '../outputs/sink.ts'
import { splitLines } from './files/line-decoder.ts'

export interface StdOutOptions {
  /** Where to write; default `process.stdout`. */
  readonly stream?: Writable
}

/**
 * Writes each item as a line to standard output, one write a batch: a text as it is, an object or array, pairs too, as JSON (`["ada",3]`), anything else
 * as `String` shows it. In JSON a bigint and what is no finite number are texts, a Map and a Set are arrays. It waits for a slow reader. Every worker writes for
 * itself; after a crash items since the last committed epoch are written again. A reader that has gone away ends the run with `FILE_UNWRITABLE`.
 */
export class StdOutSink extends DynamicSink<unknown> {
  readonly #stream: Writable | undefined

  constructor(options: StdOutOptions = {}) {
    super()
    this.#stream = options.stream
  }

  override build(_workerIndex: number, _workerCount: number, context: PartitionContext): StatelessSinkPartition<unknown> {
    return new StdOutPartition(this.#stream ?? process.stdout, context.signal)
  }
}

class StdOutPartition extends StatelessSinkPartition<unknown> {
  readonly #stream: Writable
  /** The last write; writes are done in order, so it stands for all before it. */
  #lastWrite: Promise<void> = Promise.resolve()

  constructor(stream: Writable, signal: AbortSignal) {
    super()
    this.#stream = stream
    // Without a listener an error ends the process. It reaches the run through the write that failed.
    const ignore = (): void => {}
    stream.on('error', ignore)
    signal.addEventListener('abort', () => stream.off('error', ignore), { once: true })
  }

  override writeBatch(items: readonly unknown[]): void | Promise<void> {
    if (items.length === 0) return
    const text = `${items.map(lineOf).join('\n')}\n`
    let hasRoom = true
    this.#lastWrite = new Promise((resolve, reject) => {
      hasRoom = this.#stream.write(text, (error) => (error ? reject(broken(error)) : resolve()))
    })
    // Awaited by the next flush, or right now.
    this.#lastWrite.catch(() => {})
    return hasRoom ? undefined : this.#lastWrite
  }

  override flush(): Promise<void> {
    return this.#lastWrite
  }
}

/** JSON rather than what `console.log` shows: it stays the same from one version of Node to the next, and other programs can read it. */
function lineOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item)
  try {
    return JSON.stringify(item, withoutLoss) ?? String(item)
  } catch {
    // A cycle, or a `toJSON` that throws.
    return process.getBuiltinModule('node:util').inspect(item, { breakLength: Number.POSITIVE_INFINITY })
  }
}

/** Gives JSON a form for what it would refuse, or leave out. */
function withoutLoss(_key: string, part: unknown): unknown {
  if (typeof part === 'bigint' || (typeof part === 'number' && !Number.isFinite(part))) return String(part)
  if (part instanceof Map || part instanceof Set) return [...part]
  return part instanceof Error || part instanceof RegExp ? String(part) : part
}

function broken(error: Error): TypewaxError {
  const isGone = 'code' in error && error.code === 'EPIPE'
  const message = isGone ? 'whoever reads standard output has gone away (EPIPE)' : `cannot write to standard output: ${messageOf(error)}`
  return new TypewaxError('FILE_UNWRITABLE', message, { domain: 'external', cause: error })
}

export interface StdInOptions {
  /** What to read; default `process.stdin`. */
  readonly stream?: Readable
}

/**
 * Reads lines of UTF-8 from standard input, without their ends, until it is closed. Worker 0 reads, the others have no items. It cannot be read twice: after a
 * crash the lines since the last committed epoch are gone.
 */
export class StdInSource extends DynamicSource<string> {
  readonly #stream: Readable | undefined

  constructor(options: StdInOptions = {}) {
    super()
    this.#stream = options.stream
  }

  override build(workerIndex: number, _workerCount: number, context: PartitionContext): StatelessSourcePartition<string> {
    return new StdInPartition(workerIndex === 0 ? (this.#stream ?? process.stdin) : undefined, context.signal)
  }
}

class StdInPartition extends StatelessSourcePartition<string> {
  readonly #chunks: AsyncIterator<Buffer | string> | undefined
  readonly #decoder = new StringDecoder('utf8')
  /** The beginning of a line, in pieces: joined when its end has come. */
  #rest: string[] = []

  constructor(stream: Readable | undefined, signal: AbortSignal) {
    super()
    this.#chunks = stream?.[Symbol.asyncIterator]()
    // An open standard input keeps the process alive.
    signal.addEventListener('abort', () => stream?.destroy(), { once: true })
  }

  async nextBatch(): Promise<Batch<string>> {
    const chunk = await this.#chunks?.next()
    if (chunk === undefined) return EOF
    if (chunk.done === true) return this.#lastLine()
    const text = typeof chunk.value === 'string' ? chunk.value : this.#decoder.write(chunk.value)
    const end = endOfLastLine(text)
    if (end === 0) {
      this.#rest.push(text)
      return []
    }
    const lines = splitLines(this.#rest.join('') + text.slice(0, end))
    this.#rest = [text.slice(end)]
    return lines
  }

  #lastLine(): Batch<string> {
    const rest = this.#rest.join('') + this.#decoder.end()
    this.#rest = []
    // Asked again, the stream says once more that it has ended.
    return rest === '' ? EOF : splitLines(rest)
  }
}

/** The index behind the last `\n`, or behind the last `\r` that is not half of a `\r\n` to come. */
function endOfLastLine(text: string): number {
  const known = text.endsWith('\r') ? text.slice(0, -1) : text
  return Math.max(known.lastIndexOf('\n'), known.lastIndexOf('\r')) + 1
}
