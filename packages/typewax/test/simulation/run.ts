/**
 * Owns the campaign of simulated clusters: `npm run test:simulate -- --seeds 2000 [--from 0]`. Each seed is a world: a flow, its input, numbers of
 * workers, sizes of queues, crashes, and one interleaving of the workers. A seed that fails is printed; `--from SEED --seeds 1` repeats it.
 */

import { parseArgs } from 'node:util'
import { check } from './check.ts'

/** Real time after which a world is taken to hang. */
const HANG_MS = 20_000

const { values: options } = parseArgs({ options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string', default: '0' } } })
const [count, from] = [Number(options.seeds), Number(options.from)]
let violations = 0
let executions = 0
for (let seed = from; seed < from + count; seed++) {
  const hang = setTimeout(() => {
    console.log(`seed ${seed}: hangs\nseeds ${seed - from + 1}, violations ${violations + 1}`)
    process.exit(1)
  }, HANG_MS)
  try {
    const verdict = await check(seed)
    executions += verdict.executions
    if (verdict.violation !== undefined) report(seed, verdict.violation)
  } catch (error) {
    report(seed, (error as Error).stack ?? String(error))
  }
  clearTimeout(hang)
  if ((seed - from + 1) % 500 === 0) console.error(`${seed - from + 1} seeds, ${executions} executions, ${violations} violations`)
}
console.log(`seeds ${count}, executions ${executions}, violations ${violations}`)
process.exitCode = violations === 0 ? 0 : 1

function report(seed: number, violation: string): void {
  violations += 1
  console.log(`seed ${seed}: ${violation}`)
}
