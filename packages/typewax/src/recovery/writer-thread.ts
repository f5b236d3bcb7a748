/** Owns the thread that writes epochs: commits wait for the disk here, and not on the worker. */

import { parentPort } from 'node:worker_threads'
import { isTypewaxError, messageOf } from '../errors.ts'
import { StoreFile } from './store-file.ts'
import type { WriteAnswer, WriteRequest } from './writer-protocol.ts'

const files = new Map<string, StoreFile>()

function fileAt(path: string): StoreFile {
  let file = files.get(path)
  if (file === undefined) {
    file = new StoreFile(path)
    files.set(path, file)
  }
  return file
}

function answer(request: WriteRequest): WriteAnswer {
  try {
    for (const { path, write } of request.writes) fileAt(path).write(write)
    return {}
  } catch (error) {
    if (isTypewaxError(error)) return { error: { code: error.code, domain: error.domain, message: error.message } }
    return { error: { code: 'STORE_UNWRITABLE', domain: 'internal', message: messageOf(error) } }
  }
}

parentPort?.on('message', (request: WriteRequest | 'close') => {
  if (request !== 'close') {
    parentPort?.postMessage(answer(request))
    return
  }
  for (const file of files.values()) file.close()
  parentPort?.close()
})
