/**
 * Proves the law of failures: wherever and whenever something fails, the run rejects with what was thrown, all partitions are told the end, and once
 * the fault is gone the next run goes on so that in the end everything is written exactly once.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTypewaxError, run } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/memory-store.ts'
import { restlessHost, turns } from '../runtime/flows.ts'
import { BOOM } from './bench.ts'
import { type Fault, Faults, type Manner, PLACES } from './faults.ts'
import { expected, faultyFlow, Written } from './faulty-flow.ts'

const unseen: unknown[] = []
process.on('unhandledRejection', (reason) => unseen.push(reason))

interface Case {
  readonly manner: Manner
  /** Faults, one an execution; the last execution has none. */
  readonly faults: readonly Fault[]
  readonly epochIntervalMs: number
}

const CASES: fc.Arbitrary<Case> = fc.record({
  manner: fc.record({ isAsync: fc.boolean(), isTwoPhase: fc.boolean(), batchSize: fc.integer({ min: 1, max: 4 }) }),
  faults: fc.array(fc.record({ place: fc.constantFrom(...PLACES), nth: fc.integer({ min: 1, max: 20 }), isLate: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  epochIntervalMs: fc.constantFrom(0, 5, 40),
})

/** Runs until nothing fails any more; gives what has been written, by key. */
async function surviving({ manner, faults, epochIntervalMs }: Case, onFailure: (fault: Fault) => void = () => {}): Promise<Map<string, string[]>> {
  const recovery = new MemoryRecoveryStore({ now: () => 0 })
  const written = new Written()
  for (const fault of [...faults, undefined, undefined]) {
    const execution = new Faults(fault, manner.isAsync)
    recovery.beforeWrite = () => execution.call('store.write', () => {})
    const running = run(faultyFlow(execution, written, manner), { recovery, epochIntervalMs, host: restlessHost([1]) })
    const error = await running.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error !== undefined) checkError(error, fault)
    if (error !== undefined) onFailure(fault as Fault)
    await turns(3)
    assert.deepEqual(unseen, [], 'a promise was rejected and nobody saw it')
    assert.ok(
      execution.signals.every(({ aborted }) => aborted),
      'a partition was not told the end',
    )
  }
  return byKey(written)
}

function checkError(error: unknown, fault: Fault | undefined): void {
  // The store is no user code: what it throws passes as it is.
  if (fault?.place === 'store.write' && error === BOOM) return
  if (!isTypewaxError(error) || fault === undefined) throw error
  assert.equal(error.cause, BOOM)
  assert.match(error.message, /boom/)
}

function byKey({ lines }: Written): Map<string, string[]> {
  const keys = new Map<string, string[]>()
  for (const line of [...lines.values()].flat()) {
    const key = line.split(' ')[0] as string
    keys.set(key, [...(keys.get(key) ?? []), line])
  }
  return keys
}

const sorted = (lines: Map<string, string[]>): [string, string[]][] => [...lines].sort(([left], [right]) => (left < right ? -1 : 1))

test('faults: whatever fails, and whenever, everything is written exactly once in the end', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(CASES, async (each) => assert.deepEqual(sorted(await surviving(each)), sorted(expected()))),
    { numRuns: 300 },
  )
})

for (const place of PLACES) {
  test(`faults: ${place} fails at its first and second call, before or after its work`, async () => {
    let failures = 0
    for (const isAsync of [false, true]) {
      for (const isLate of [false, true]) {
        for (const nth of [1, 2]) {
          const manner = { isAsync, isTwoPhase: place === 'sink.prepare' || place === 'sink.commit', batchSize: 2 }
          const lines = await surviving({ manner, faults: [{ place, nth, isLate }], epochIntervalMs: 5 }, () => failures++)
          assert.deepEqual(sorted(lines), sorted(expected()))
        }
      }
    }
    // Not vacuous: some parts are called once an execution only.
    assert.ok(failures >= 4, `${failures} failures`)
  })
}
