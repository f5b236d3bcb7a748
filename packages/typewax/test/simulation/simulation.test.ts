/** Owns what each run of the tests asks of the simulated cluster; the campaign of `run.ts` asks it thousands of times. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from './check.ts'

const SEEDS = 200

test('workers: give what one worker gives, whatever their turns, their number and the crashes', async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const { violation } = await check(seed)
    assert.equal(violation, undefined, `seed ${seed} (node test/simulation/run.ts --seeds 1 --from ${seed})`)
  }
})

test('workers: the same seed gives the same interleaving, another one another', async () => {
  const trace = async (seed: number): Promise<string> => {
    const lines: string[] = []
    await check(seed, { onItem: (stepId, item, epoch, worker) => void lines.push(`${stepId} ${JSON.stringify(item)} ${epoch} ${worker}`) })
    return lines.join('\n')
  }
  for (const seed of [1, 2, 3, 5, 8, 13, 21]) assert.equal(await trace(seed), await trace(seed), `seed ${seed}`)
  assert.notEqual(await trace(1), await trace(2))
})
