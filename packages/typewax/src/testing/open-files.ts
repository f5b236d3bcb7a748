/** Owns counting open files, for tests that look for leaks. */

import { readdirSync, readlinkSync } from 'node:fs'

const DESCRIPTORS = '/proc/self/fd'

/** Counts the descriptors that this process has open on files below `dirPath`, an absolute path without links. Linux only; 0 elsewhere. */
export function openFileCount(dirPath: string): number {
  if (process.platform !== 'linux') return 0
  return readdirSync(DESCRIPTORS).filter((name) => targetOf(name).startsWith(dirPath)).length
}

/** A descriptor may be closed between listing and reading. */
function targetOf(name: string): string {
  try {
    return readlinkSync(`${DESCRIPTORS}/${name}`)
  } catch {
    return ''
  }
}
