/**
 * Owns the knowledge of which files are read and written in this process, so that no two steps write one file and no flow writes a file that it reads.
 * A file is known by its device and number: it may have several paths. What other processes do is not known here.
 */

import { type BigIntStats, statSync } from 'node:fs'
import { quote, TypewaxError } from '../../errors.ts'
import type { PartitionContext } from '../../inputs/source.ts'
import { releaseOnce } from './release.ts'

/** The part of a context that tells steps and executions apart. */
export type User = Pick<PartitionContext, 'signal' | 'stepId'>

interface Use {
  readonly path: string
  readonly user: User
}

/** Files that are written, by any execution, until it ends. */
const written = new Map<string, Use>()
/** Files that were opened for reading, by execution: another one may read along. */
const readBy = new WeakMap<AbortSignal, Map<string, Use>>()

/** Enters a file that is about to be read. Throws `FILE_IN_USE` if a step of the same execution writes it. */
export function enterReading(path: string, user: User): void {
  const id = idOf(path)
  if (id === undefined) return
  const writer = written.get(id)
  if (writer?.user.signal === user.signal) throw inUse('read', path, 'writes', writer)
  const own = readBy.get(user.signal) ?? new Map<string, Use>()
  readBy.set(user.signal, own.set(id, { path, user }))
}

/** Checks a file before it is opened for writing, which may empty it. Throws `FILE_IN_USE` if another step writes it, or one of the same execution reads it. */
export function checkWriting(path: string, user: User): void {
  const id = idOf(path)
  if (id === undefined) return
  const writer = written.get(id)
  if (writer !== undefined) throw inUse('write', path, 'writes', writer)
  const reader = readBy.get(user.signal)?.get(id)
  if (reader !== undefined) throw inUse('write', path, 'reads', reader)
}

/** Enters a file that has been opened for writing, until the end of the execution. */
export function enterWriting(path: string, user: User): void {
  const id = idOf(path)
  if (id === undefined) return
  written.set(id, { path, user })
  releaseOnce(user.signal, () => written.delete(id))
}

/** `undefined` if there is no such file, or if it is a device or a pipe, which many may use at once. Whether it can be read is not asked here. */
function idOf(path: string): string | undefined {
  let stats: BigIntStats | undefined
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return undefined
  }
  return stats?.isFile() ? `${stats.dev}:${stats.ino}` : undefined
}

function inUse(verb: 'read' | 'write', path: string, does: 'reads' | 'writes', other: Use): TypewaxError {
  const what = other.path === path ? 'it' : `the same file as ${quote(other.path)}`
  const message = `cannot ${verb} ${quote(path)}: step ${quote(other.user.stepId)} ${does} ${what}; give each step a file of its own`
  return new TypewaxError('FILE_IN_USE', message)
}
