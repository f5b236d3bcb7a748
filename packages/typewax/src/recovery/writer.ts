/** Owns the session's side of the writer thread: starts it with the first epoch, one request at a time. */

import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { TypewaxError } from '../errors.ts'
import type { WriteAnswer, WriteRequest } from './writer-protocol.ts'

export class Writer {
  #thread: Worker | undefined
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined

  /** Resolves when everything is durable. */
  async write(request: WriteRequest): Promise<void> {
    const thread = this.#start()
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject }
      thread.ref()
      thread.postMessage(request, transferable(request))
    })
  }

  /** Lets a write under way come to its end, closes the files and ends the thread. */
  async close(): Promise<void> {
    const thread = this.#thread
    if (thread === undefined) return
    this.#thread = undefined
    thread.ref()
    await new Promise<void>((resolve) => {
      thread.once('exit', () => resolve())
      thread.postMessage('close')
    })
  }

  #start(): Worker {
    if (this.#thread !== undefined) return this.#thread
    // Compiled files end in .js, sources in .ts: the thread's file ends as this one does.
    const thread = new Worker(new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url))
    thread.on('message', (answer: WriteAnswer) => this.#answered(answer))
    thread.on('error', (cause) =>
      this.#fail(new TypewaxError('STORE_UNWRITABLE', `the writer of the store failed: ${cause}`, { domain: 'internal', cause })),
    )
    thread.on('exit', () => this.#fail(new TypewaxError('STORE_UNWRITABLE', 'the writer of the store ended unexpectedly', { domain: 'internal' })))
    thread.unref()
    this.#thread = thread
    return thread
  }

  #answered(answer: WriteAnswer): void {
    const { error } = answer
    if (error !== undefined) return this.#fail(new TypewaxError(error.code, error.message, { domain: error.domain }))
    const settle = this.#settle
    this.#settle = undefined
    this.#thread?.unref()
    settle?.resolve()
  }

  #fail(error: Error): void {
    const settle = this.#settle
    this.#settle = undefined
    settle?.reject(error)
  }
}

/** Buffers that belong to their blob alone move to the thread without a copy. */
function transferable(request: WriteRequest): ArrayBuffer[] {
  const buffers = request.writes.flatMap(({ write }) => write.chunks.map(({ blob }) => blob))
  return buffers.filter((blob) => blob.byteLength === blob.buffer.byteLength).map((blob) => blob.buffer as ArrayBuffer)
}
