/** Tests that a misspelt option, or arguments the wrong way round, are errors at the call and not left out in silence. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import { TestingSource } from '../../src/testing/index.ts'
import { StreamClock, TumblingWindower } from '../../src/windowing/index.ts'

const clock = new StreamClock((value: number) => value)
const windower = new TumblingWindower({ lengthMs: 10, alignTo: 0 })

function keyed(): KeyedStream<number> {
  return new Dataflow('flow')
    .input('in', new TestingSource([1]))
    .assignWatermarks('time', (value) => value, { outOfOrdernessMs: 0 })
    .keyOn('key', () => 'k')
}

const cases: Readonly<Record<string, readonly [act: () => unknown, message: RegExp]>> = {
  'window option': [
    () => keyed().collectWindow('w', clock, windower, { allowedLateness: 3 } as never),
    /^collectWindow "w" has no option "allowedLateness"; there are ordered, forgetAfterMs, early, allowedLatenessMs, mode/,
  ],
  'watermark option': [
    () => keyed().assignWatermarks('again', (pair) => pair[1], { outOfOrdernessMs: 0, idleAfter: 5 } as never),
    /^assignWatermarks "again" has no option "idleAfter"; there are outOfOrdernessMs, idleAfterMs, maxAheadMs/,
  ],
  'clock and windower': [() => keyed().collectWindow('w', windower as never, clock as never), /are clock and windower the wrong way round\?$/],
}

for (const [name, [act, message]] of Object.entries(cases)) {
  test(`misspelt: ${name}`, () => {
    assert.throws(act, { code: 'INVALID_ARGUMENT', message })
  })
}

test('misspelt: option of run', async () => {
  const flow = new Dataflow('flow')
  await assert.rejects(run(flow, { recovry: 'state' } as never), {
    code: 'INVALID_ARGUMENT',
    message: /^run has no option "recovry"; there are workers,/,
  })
})
