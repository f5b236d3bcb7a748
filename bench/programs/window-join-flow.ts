/** Two files side by side in windows of a minute as a flow. */

import { Dataflow, type KeyedStream, run } from 'typewax'
import { FileSink, JsonLinesSource } from 'typewax/connectors/files'
import { StreamClock, TumblingWindower } from 'typewax/windowing'

const [, , inputs, out] = process.argv as [string, string, string, string]

interface Row {
  readonly ts: number
  readonly user: string
  readonly v: number
}

const flow = new Dataflow('window-join')
const [left, right] = inputs.split(',').map((path, side): KeyedStream<Row> => {
  return flow
    .input(`side-${side}`, new JsonLinesSource<Row>(path))
    .assignWatermarks(`time-${side}`, (row) => row.ts, { outOfOrdernessMs: 10_000 })
    .keyOn(`user-${side}`, (row) => row.user)
}) as [KeyedStream<Row>, KeyedStream<Row>]
left
  .joinWindow('joined', [right], new StreamClock((row: Row) => row.ts), new TumblingWindower({ lengthMs: 60_000, alignTo: 0 }))
  .down.map('line', ([user, [id, [one, other]]]) => `${user},${id},${one?.v ?? ''},${other?.v ?? ''}`)
  .keyOn('all', () => 'all')
  .output('out', new FileSink(out))
await run(flow)
