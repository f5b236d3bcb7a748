/**
 * Owns the session's end of the writer thread: starts it at the first write, hands blobs over without copying them, and turns its end into an error.
 * The thread keeps the process alive while a write is under way, and at no other time.
 */

import { Worker } from 'node:worker_threads'
import { TypewaxError } from '../../errors.ts'
import type { PartEpoch } from './part-writer.ts'
import { decodeError, type WriterReply, type WriterRequest, type WriterStart } from './writer-messages.ts'

/** tsc does not rewrite the name: the ending is that of this file. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

interface Pending {
  resolve(): void
  reject(error: unknown): void
}

export class WriterClient {
  readonly #paths: readonly string[]
  #worker: Worker | undefined
  #exit: Promise<void> | undefined
  #pending: Pending | undefined
  /** Why no more can be written. */
  #failure: TypewaxError | undefined

  constructor(paths: readonly string[]) {
    this.#paths = paths
  }

  get isStarted(): boolean {
    return this.#worker !== undefined
  }

  /** Writes an epoch, one entry per file. Resolves when it is durable in all of them. One call at a time. */
  async write(parts: readonly PartEpoch[]): Promise<void> {
    const owned = parts.map((part) => ({ ...part, chunks: part.chunks.map((chunk) => ({ ...chunk, blob: ownBuffer(chunk.blob) })) }))
    const buffers = owned.flatMap(({ chunks }) => chunks.map(({ blob }) => blob.buffer as ArrayBuffer))
    await this.#request({ kind: 'write', parts: owned }, buffers)
  }

  /** Ends the thread, after the write under way. Never fails. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    worker.ref()
    worker.postMessage({ kind: 'close' } satisfies WriterRequest)
    await this.#exit
  }

  async #request(request: WriterRequest, buffers: ArrayBuffer[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    this.#worker ??= this.#start()
    const worker = this.#worker
    worker.ref()
    try {
      await new Promise<void>((resolve, reject) => {
        this.#pending = { resolve, reject }
        worker.postMessage(request, buffers)
      })
    } finally {
      this.#pending = undefined
      worker.unref()
    }
  }

  #start(): Worker {
    const workerData: WriterStart = { paths: this.#paths }
    // Without the flags of the process: they may load a lot that a writer has no use for.
    const execArgv = ['--disable-warning=ExperimentalWarning']
    const worker = new Worker(new URL(`./writer-thread${EXTENSION}`, import.meta.url), { workerData, execArgv, name: 'typewax recovery' })
    worker.on('message', (reply: WriterReply) => {
      if (reply.error === undefined) return this.#pending?.resolve()
      this.#failure = decodeError(reply.error)
      this.#pending?.reject(this.#failure)
    })
    worker.on('error', (cause) => this.#end(cause))
    worker.on('exit', () => this.#end(undefined))
    this.#exit = new Promise((resolve) => worker.once('exit', () => resolve()))
    return worker
  }

  #end(cause: unknown): void {
    const message = 'the writer thread of the recovery store ended unexpectedly; run again to resume from the last committed epoch'
    this.#failure ??= new TypewaxError('STORE_UNWRITABLE', message, { domain: 'internal', cause })
    this.#pending?.reject(this.#failure)
  }
}

/** A blob that has its buffer to itself can change hands; of one that shares it only its own bytes are sent. */
function ownBuffer(blob: Uint8Array): Uint8Array {
  const isOwner = blob.buffer instanceof ArrayBuffer && blob.buffer.byteLength === blob.byteLength
  return isOwner ? blob : new Uint8Array(blob)
}
