/**
 * Owns which files a source reads and what their partitions are called: `fsId::path`. A set is one file, the files that match a pattern, or the
 * files of a directory. The files are listed anew by each execution.
 */

import { existsSync, globSync, type Stats, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { quote, TypewaxError } from '../../errors.ts'
import { unreadable } from './file-errors.ts'

/** Options of every source of files. */
export interface FileSetOptions {
  /**
   * Names the file system in partition names. Default: its device number, so that equal paths on different machines are different files. Give a
   * constant, such as `''`, if all workers see the same files, or if device numbers change between executions (network and container mounts).
   */
  readonly fsId?: string
}

export interface PathOptions extends FileSetOptions {
  /**
   * Whether it is a `FILE_NOT_FOUND` when the run starts if there is no file. If not, the input is empty. Default: `true` for a path, `false` for a
   * pattern.
   */
  readonly mustExist?: boolean
}

export interface FileSet {
  /** Names the partitions, in ascending order. */
  listParts(): string[]
  /** The path of a listed partition; an `INVALID_ARGUMENT` if it belongs to another set. */
  pathOf(part: string): string
}

/** Separates the two halves of a partition name. */
const SEPARATOR = '::'
const MAGIC = /[*?[{]/

/** The file at `path`, or, if there is none and `path` has one of `* ? [ {`, the files that match it. */
export function filesAt(path: string, options: PathOptions): FileSet {
  const isPattern = MAGIC.test(path) && !existsSync(path)
  const base = isPattern ? fixedPartOf(path) : dirname(path)
  const prefix = prefixOf(base, options)
  return {
    listParts() {
      const paths = isPattern ? matches(path, undefined) : existsSync(path) ? [path] : []
      if (paths.length === 0 && (options.mustExist ?? !isPattern)) throw nothingAt(path, isPattern)
      return paths.map((each) => prefix + each)
    },
    pathOf(part) {
      const own = pathIn(part)
      if (!isPattern && own !== path) throw otherFile(part, path)
      return own
    },
  }
}

/** The files in directory `dir` that match `glob`, a pattern relative to it. */
export function filesIn(dir: string, glob: string, options: FileSetOptions): FileSet {
  const prefix = prefixOf(dir, options)
  return {
    listParts: () => (existsSync(dir) ? matches(glob, dir).map((path) => prefix + path.split(sep).join('/')) : []),
    pathOf: (part) => join(dir, pathIn(part)),
  }
}

/**
 * Lists what matches. A directory that matches a flat pattern stays in the list, and fails when it is opened: its files would be left out in silence.
 * A pattern with `**` visits them, so the directory itself is dropped.
 */
function matches(pattern: string, cwd: string | undefined): string[] {
  const paths = globSync(pattern, cwd === undefined ? {} : { cwd })
  const kept = pattern.includes('**') ? paths.filter((path) => !isDirectory(join(cwd ?? '', path))) : paths
  return kept.sort()
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Checks the directory that must be there, and gives what the names of its partitions begin with. */
function prefixOf(dir: string, { fsId }: FileSetOptions): string {
  const stats = directoryAt(dir)
  if (fsId?.includes(SEPARATOR)) throw new TypewaxError('INVALID_ARGUMENT', `\`fsId\` must not contain ${quote(SEPARATOR)}; got ${quote(fsId)}`)
  return `${fsId ?? stats.dev.toString(16)}${SEPARATOR}`
}

function directoryAt(dir: string): Stats {
  const stats = statSync(dir, { throwIfNoEntry: false })
  if (stats === undefined) {
    throw new TypewaxError('DIRECTORY_NOT_FOUND', `there is no input directory ${quote(dir)}; create it, or check the path`, { domain: 'external' })
  }
  if (stats.isDirectory()) return stats
  throw new TypewaxError('NOT_A_DIRECTORY', `the input directory ${quote(dir)} is not a directory; read a single file with \`FileSource\``)
}

/** The directory of a pattern that has no wildcard in it. */
function fixedPartOf(pattern: string): string {
  return dirname(`${pattern.slice(0, pattern.search(MAGIC))}x`)
}

function pathIn(part: string): string {
  return part.slice(part.indexOf(SEPARATOR) + SEPARATOR.length)
}

function nothingAt(path: string, isPattern: boolean): TypewaxError {
  if (!isPattern) return unreadable(path, { code: 'ENOENT' })
  return new TypewaxError('FILE_NOT_FOUND', `no file matches ${quote(path)}; check the pattern`, { domain: 'external' })
}

function otherFile(part: string, path: string): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `the source of ${quote(path)} cannot continue ${quote(part)}, which is another file`)
}
