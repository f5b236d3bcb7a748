/** Owns the thread that writes a store while a run goes on: one transaction per file and epoch, in the order of the files. Its answer means durable. */

import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { openPart } from './part-file.ts'
import { type PartEpoch, writePart } from './part-writer.ts'
import { encodeError, type WriterReply, type WriterRequest, type WriterStart } from './writer-messages.ts'

const { paths } = workerData as WriterStart
const databases: DatabaseSync[] = []

parentPort?.on('message', (request: WriterRequest) => {
  if (request.kind === 'close') return close()
  const reply: WriterReply = { error: attempt(() => write(request.parts)) }
  parentPort?.postMessage(reply)
})

function write(parts: readonly PartEpoch[]): void {
  for (const [index, part] of parts.entries()) {
    const path = paths[index] as string
    databases[index] ??= openPart(path, 'write')
    writePart(databases[index], path, part)
  }
}

function close(): void {
  for (const database of databases) database?.close()
  parentPort?.close()
}

function attempt(action: () => void): WriterReply['error'] {
  try {
    action()
    return undefined
  } catch (error) {
    return encodeError(error)
  }
}
