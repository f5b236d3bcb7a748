/** Owns the directory of a store: which files belong to it, making them, and checking that they are all there and belong together. */

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { quote, TypewaxError } from '../../errors.ts'
import { createPart, openPart, type PartHeader, type PartIdentity, readHeader } from './part-file.ts'
import { corrupt, guarded } from './store-errors.ts'
import { StoreLock } from './store-lock.ts'

/** More files than this are a mistake: each costs a sync to disk per epoch. */
const MAX_PARTITIONS = 1_024
const PART_NAME = /^part-(\d+)\.sqlite3$/

export function partPath(dir: string, index: number): string {
  return join(dir, `part-${index}.sqlite3`)
}

/** Makes the directory if it is missing. */
export function ensureDirectory(dir: string): void {
  guarded(dir, () => makeDirectories(resolve(dir)))
}

/** Lists the indices of the files that are there, ascending. */
export function listParts(dir: string): number[] {
  if (!existsSync(dir)) return []
  const names = guarded(dir, () => readdirSync(dir))
  const indices = names.flatMap((name) => PART_NAME.exec(name)?.[1] ?? []).map(Number)
  return indices.sort((a, b) => a - b)
}

/** Paths of the files that are there, by ascending index. */
export function storePaths(dir: string): string[] {
  return listParts(dir).map((index) => partPath(dir, index))
}

/**
 * Makes an empty store of a chosen number of files in `dir`, which is made if it is missing. More files spread the writing over several disks or
 * directories (links); the number is fixed for the life of the store.
 *
 * @throws `STORE_EXISTS` if there is one, `STORE_UNWRITABLE`, `INVALID_ARGUMENT`
 */
export function initRecovery(dir: string, partitions: number): void {
  checkPartitions(partitions)
  ensureDirectory(dir)
  const lock = StoreLock.take(dir)
  try {
    if (listParts(dir).length > 0) {
      throw new TypewaxError('STORE_EXISTS', `${quote(dir)} holds a recovery store already; delete the directory to start over, or choose another`)
    }
    createParts(dir, newStore(partitions))
  } finally {
    lock.release()
  }
}

/** @throws `INVALID_ARGUMENT` for anything but a whole number from 1 */
export function checkPartitions(partitions: number): void {
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= MAX_PARTITIONS) return
  const message = `\`partitions\` is the number of files of the store, from 1 to ${MAX_PARTITIONS}, got ${quote(partitions)}`
  throw new TypewaxError('INVALID_ARGUMENT', message)
}

/**
 * Makes the files of a store of which there are none, or goes on where a crash interrupted that: file 0 is made last, so without it no execution can
 * have begun, unless somebody took it away.
 */
export function ensureParts(dir: string, partitions: number): void {
  const present = listParts(dir)
  const first = present[0]
  if (first === 0) return
  if (first === undefined) {
    createParts(dir, newStore(partitions))
    return
  }
  const headers = present.map((index) => readPartHeader(dir, index))
  const header = headers[0] as PartHeader
  const isUnused = headers.every(({ executions, storeId }) => executions.length === 0 && storeId === header.storeId)
  if (isUnused) createParts(dir, header, new Set(present))
}

function newStore(count: number): { storeId: string; count: number } {
  return { storeId: randomUUID(), count }
}

function createParts(dir: string, { storeId, count }: { storeId: string; count: number }, present: ReadonlySet<number> = new Set()): void {
  for (let index = count - 1; index >= 0; index--) {
    if (!present.has(index)) createPart(partPath(dir, index), { storeId, index, count })
  }
}

function readPartHeader(dir: string, index: number): PartHeader {
  const path = partPath(dir, index)
  const database = openPart(path, 'read')
  try {
    return readHeader(database, path)
  } finally {
    database.close()
  }
}

/**
 * Checks that the files found are all the files of one store.
 *
 * @throws `STORE_NOT_FOUND` if there is none, `STORE_FILE_MISSING`, `STORE_CORRUPT`
 */
export function checkIdentities(dir: string, parts: readonly (PartIdentity & { readonly path: string })[], present: readonly number[]): void {
  const first = parts[0]
  if (first === undefined) {
    throw new TypewaxError('STORE_NOT_FOUND', `there is no recovery store in ${quote(dir)}; check the path, a run with \`recovery\` makes one`)
  }
  for (const [position, { path, storeId, index, count }] of parts.entries()) {
    if (storeId !== first.storeId || count !== first.count) throw corrupt(path, `belongs to another store than ${quote(first.path)}`)
    if (index !== present[position]) throw corrupt(path, `is file ${index} of its store, so its name should be part-${index}.sqlite3`)
  }
  const missing = Array.from({ length: first.count }, (_, index) => index).filter((index) => !present.includes(index))
  if (missing.length > 0) throw fileMissing(dir, missing, first.count)
}

function fileMissing(dir: string, missing: readonly number[], count: number): TypewaxError {
  const names = missing.map((index) => `part-${index}.sqlite3`).join(', ')
  const message = `the recovery store ${quote(dir)} has ${count} files, but ${names} ${missing.length === 1 ? 'is' : 'are'} missing; put ${missing.length === 1 ? 'it' : 'them'} back, together with the -wal file beside it, or restore the whole store from a backup`
  return new TypewaxError('STORE_FILE_MISSING', message, { domain: 'external' })
}

/** As `mkdir` with `recursive`, which never comes back below a file system that refuses to make directories, such as `/proc`. */
function makeDirectories(dir: string): void {
  const found = statSync(dir, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found === undefined) makeDirectories(dirname(dir))
  mkdirSync(dir)
}
