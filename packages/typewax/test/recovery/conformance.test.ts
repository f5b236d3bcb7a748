/** Owns running the conformance suite for recovery stores on the built-in ones. */

import { MemoryRecoveryStore, SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { recoveryStoreConformance } from '../../src/testing/recovery-conformance.ts'
import { testSuite } from '../testing/suites.ts'
import { temporaryDirectory } from './directories.ts'

testSuite(
  'memory store',
  recoveryStoreConformance(() => {
    const store = new MemoryRecoveryStore()
    return { store, crash: () => store.crash() }
  }),
)

for (const partitions of [1, 3]) {
  testSuite(
    `sqlite store, files: ${partitions}`,
    recoveryStoreConformance(() => {
      const { path, remove } = temporaryDirectory()
      return { store: new SqliteRecoveryStore(path, { partitions }), cleanup: remove }
    }),
  )
}
