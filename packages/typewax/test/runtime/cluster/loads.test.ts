import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredChunk } from '../../../src/recovery/store.ts'
import { DropVotes } from '../../../src/runtime/cluster/drop-votes.ts'
import { Loads } from '../../../src/runtime/cluster/loads.ts'
import { ALL_GROUPS, groupsOf } from '../../../src/runtime/key-groups.ts'

async function* chunks(...ranges: readonly (readonly [firstGroup: number, lastGroup: number])[]): AsyncGenerator<StoredChunk, void> {
  for (const [id, [firstGroup, lastGroup]] of ranges.entries()) {
    yield { id, stepId: 'step', epoch: 1, entryCount: 1, firstGroup, lastGroup, blob: new Uint8Array() }
  }
}

test('loads: a step is read once all members have asked for it', () => {
  const loads = new Loads(2, new DropVotes())
  assert.equal(loads.ask(1, 'a', groupsOf(1, 2)), undefined)
  assert.equal(loads.ask(0, 'b', groupsOf(0, 2)), undefined)
  assert.deepEqual(loads.ask(0, 'a', groupsOf(0, 2)), [groupsOf(0, 2), groupsOf(1, 2)])
})

test('loads: each member gets the chunks with groups of its own; one that several got goes with the last vote', async () => {
  const votes = new DropVotes()
  const shares = await new Loads(3, votes).share(
    chunks([0, 255], [0, 10], [80, 90]),
    [0, 1, 2].map((member) => groupsOf(member, 3)),
  )
  assert.deepEqual(
    shares.map((share) => share.map(({ id }) => id)),
    [[0, 1, 2], [0, 2], [0]],
  )
  assert.deepEqual([votes.vote(0), votes.vote(0), votes.vote(0)], [false, false, true])
  assert.deepEqual([votes.vote(1), votes.vote(2), votes.vote(2)], [true, false, true])
  assert.equal(votes.vote(99), true, 'a chunk of this execution belongs to its writer')
})

test('loads: positions of partitions go to everybody', async () => {
  const votes = new DropVotes()
  const shares = await new Loads(2, votes).share(chunks([0, 255]), [ALL_GROUPS, ALL_GROUPS])
  assert.deepEqual(
    shares.map(({ length }) => length),
    [1, 1],
  )
  assert.deepEqual([votes.vote(0), votes.vote(0)], [false, true])
})
