/** Running mean per user as a flow; with a third argument, state is kept there in epochs of a second. */

import { writeFileSync } from 'node:fs'
import { Dataflow, run } from 'typewax'
import { JsonLinesSource } from 'typewax/connectors/files'
import { DynamicSink, StatelessSinkPartition } from 'typewax/outputs'

const [, , input, out, state] = process.argv as [string, string, string, string, string | undefined]
let [rows, sum] = [0, 0]

class Sum extends DynamicSink<[string, number]> {
  override build(): StatelessSinkPartition<[string, number]> {
    return new SumPartition()
  }
}

class SumPartition extends StatelessSinkPartition<[string, number]> {
  override writeBatch(means: readonly [string, number][]): void {
    for (const [, mean] of means) {
      rows += 1
      sum += Math.trunc(mean * 1000)
    }
  }
}

const flow = new Dataflow('mean')
flow
  .input('readings', new JsonLinesSource<{ user: string; amount: number }>(input))
  .keyOn('user', (reading) => reading.user)
  .statefulMap(
    'mean',
    () => ({ count: 0, total: 0 }),
    (mean, { amount }) => {
      mean.count += 1
      mean.total += amount
      return [mean, mean.total / mean.count]
    },
  )
  .output('sum', new Sum())
await run(flow, state === undefined ? {} : { recovery: state, epochIntervalMs: 1_000 })
writeFileSync(out, `${rows} ${sum}\n`)
