/** Owns making files and the entries of directories durable. */

import { closeSync, fsync, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Windows cannot open a directory; its file systems log changes of names themselves. */
const CAN_SYNC_DIRECTORIES: boolean = process.platform !== 'win32'

/** Resolves when everything written to the file with this descriptor is on disk. */
export const syncFile: (file: number) => Promise<void> = promisify(fsync)

/** Resolves when the names of the files in a directory are on disk. */
export async function syncDirectory(path: string): Promise<void> {
  if (!CAN_SYNC_DIRECTORIES) return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** As `syncDirectory`, blocking: for the start of a run. */
export function syncDirectoryNow(path: string): void {
  if (!CAN_SYNC_DIRECTORIES) return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
