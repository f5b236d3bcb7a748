/** Windows of 10,000 users as a flow: `tumble`, `slide` or `session`, by the time of the stream. */

import { Dataflow, type KeyedStream, run, type Stream } from 'typewax'
import { FileSink, JsonLinesSource } from 'typewax/connectors/files'
import { SessionWindower, SlidingWindower, StreamClock, sum, TumblingWindower } from 'typewax/windowing'

const [, , input, out, kind] = process.argv as [string, string, string, string, 'tumble' | 'slide' | 'session']

interface Row {
  readonly ts: number
  readonly user: string
  readonly amount: number
}

const clock = new StreamClock((row: Row) => row.ts)
const flow = new Dataflow('windows')
const rows = flow.input('rows', new JsonLinesSource<Row>(input)).assignWatermarks('time', (row) => row.ts, { outOfOrdernessMs: 10_000 })
const lines = { tumble, slide, session }[kind](rows)
lines
  .keyRm('lines')
  .keyOn('all', () => 'all')
  .output('out', new FileSink(out))
await run(flow)

function tumble(up: Stream<Row>): KeyedStream<string> {
  const windower = new TumblingWindower({ lengthMs: 60_000, alignTo: 0 })
  return up.countWindow('count', clock, windower, (row) => row.user).down.mapValue('line', ([id, count], user) => `${user},${id},${count}`)
}

function slide(up: Stream<Row>): KeyedStream<string> {
  const windower = new SlidingWindower({ lengthMs: 60_000, offsetMs: 15_000, alignTo: 0 })
  return up
    .keyOn('user', (row) => row.user)
    .aggregateWindow('sum', clock, windower, { cents: sum((row) => Math.round(row.amount * 100)) })
    .down.mapValue('line', ([id, { cents }], user) => `${user},${id},${cents}`)
}

function session(up: Stream<Row>): KeyedStream<string> {
  const windower = new SessionWindower({ gapMs: 30_000 })
  return up.countWindow('count', clock, windower, (row) => row.user).down.mapValue('line', ([, count], user) => `${user},${count}`)
}
