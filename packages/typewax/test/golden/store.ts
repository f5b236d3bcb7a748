/** Owns the recovery stores of the cases: made as a case says, and damaged as it says. */

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { initRecovery, storePaths } from '../../src/recovery/sqlite/store-directory.ts'
import type { RecoverySpec } from './cases.ts'

/** Prepares a store and gives its directory. */
export function prepareStore({ parts = 1, dir, initTwice, deleteParts = [] }: RecoverySpec, folder: string): string {
  const path = join(folder, 'store')
  if (dir === 'missing') return path
  if (parts === 0) {
    mkdirSync(path)
    return path
  }
  initRecovery(path, parts)
  if (initTwice === true) initRecovery(path, parts)
  const paths = storePaths(path)
  for (const index of deleteParts) rmSync(paths[index] as string)
  return path
}
