/**
 * Owns a process that holds a store, for tests that kill it: `node holder.ts DIR PARTITIONS`. It commits epoch after epoch, with one chunk each for
 * `f.a` (key k → epoch, other keys grow) and tells each on stdout once it is durable.
 */

import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { chunkOf } from './filled-store.ts'

const [, , dir, partitions] = process.argv as [string, string, string, string]
const session = await new SqliteRecoveryStore(dir, { partitions: Number(partitions) }).open({ flowId: 'f', backupIntervalMs: 0 })
await session.begin()
let { nextChunkId: id } = session
let epoch = session.resumePoint.committedEpoch
let last: number | undefined
for (;;) {
  epoch += 1
  const droppedChunks = last === undefined ? [] : [last]
  last = id
  await session.write({ epoch, chunks: [chunkOf(id++, 'f.a', ['k', 'filler '.repeat(epoch % 5_000)], epoch)], droppedChunks, isComplete: false })
  await new Promise((resolve) => process.stdout.write(`${epoch}\n`, resolve))
}
