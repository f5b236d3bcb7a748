/** Checks the pictures of a flow against the rendered model of the reference. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compose } from '../../src/dataflow/operator.ts'
import { Dataflow, type Stream } from '../../src/index.ts'
import type { Source } from '../../src/inputs/source.ts'
import { planToText, toJson, toMermaid, toPlan, toRendered } from '../../src/visualize/index.ts'
import { SystemClock, TumblingWindower } from '../../src/windowing/index.ts'

const source = { '~source': 'dynamic', replay: 'none' } as unknown as Source<number>

function map(stepId: string, up: Stream<number>): Stream<number> {
  return up.map(stepId, (item) => item + 1)
}

function makeFlow(flowId: string): Dataflow {
  const flow = new Dataflow(flowId)
  const numbers = flow.input('inp', source)
  map('add_one', numbers)
    .merge('both', numbers)
    .inspectDebug('show', () => {})
  return flow
}

test('toRendered: attributes a stream to the port through which it enters a scope', () => {
  const add = toRendered(makeFlow('df')).substeps[1]!
  assert.deepEqual(add.inpPorts, [
    { typ: 'RenderedPort', portName: 'up', portId: 'df.add_one.up', fromPortIds: ['df.inp.down'], fromStreamIds: ['df.inp.down'] },
  ])
  const inner = add.substeps[0]!
  assert.deepEqual(inner.inpPorts[0]?.fromPortIds, ['df.add_one.up'])
  assert.deepEqual(inner.inpPorts[0]?.fromStreamIds, ['df.inp.down'])
})

test('toRendered: feeds an output port from inside, and names no origin for that of a core step', () => {
  const [input, add] = toRendered(makeFlow('df')).substeps
  assert.deepEqual(input?.outPorts, [{ typ: 'RenderedPort', portName: 'down', portId: 'df.inp.down', fromPortIds: [], fromStreamIds: [] }])
  assert.deepEqual(add?.outPorts[0], {
    typ: 'RenderedPort',
    portName: 'down',
    portId: 'df.add_one.down',
    fromPortIds: ['df.add_one.flatMapBatch.down'],
    fromStreamIds: ['df.add_one.flatMapBatch.down'],
  })
})

test('toRendered: lists the streams of a port in their order, the same one twice', () => {
  const flow = new Dataflow('df')
  const numbers = flow.input('inp', source)
  const other = map('m', numbers)
  other.merge('all', numbers, numbers)
  assert.deepEqual(toRendered(flow).substeps[2]?.inpPorts[0]?.fromPortIds, ['df.m.down', 'df.inp.down', 'df.inp.down'])
})

test('toRendered: attributes an upstream that an operator returns as it is to the port of that operator', () => {
  const flow = new Dataflow('df')
  const same = compose('same', 'same', { up: flow.input('inp', source) }, ({ up }) => up)
  same.inspectDebug('show', () => {})
  const [, operator, show] = toRendered(flow).substeps
  assert.deepEqual(operator?.outPorts[0]?.fromPortIds, ['df.same.up'])
  assert.deepEqual(show?.inpPorts[0]?.fromPortIds, ['df.same.down'])
})

test('toJson: is the rendered form, indented by two', () => {
  const flow = makeFlow('df')
  assert.deepEqual(JSON.parse(toJson(flow)), toRendered(flow))
  assert.match(toJson(flow), /^{\n {2}"typ": "RenderedDataflow",\n {2}"flowId": "df",\n/)
})

test('toMermaid: draws the top-level steps in order, each followed by its incoming edges', () => {
  const expected = [
    'flowchart TD',
    'subgraph "df (Dataflow)"',
    'df.inp["inp (input)"]',
    'df.add_one["add_one (map)"]',
    'df.inp -- "down → up" --> df.add_one',
    'df.both["both (merge)"]',
    'df.add_one -- "down → ups" --> df.both',
    'df.inp -- "down → ups" --> df.both',
    'df.show["show (inspectDebug)"]',
    'df.both -- "down → up" --> df.show',
    'end',
  ]
  assert.equal(toMermaid(makeFlow('df')), expected.join('\n'))
})

test('toMermaid: says at each edge which of several streams it is', () => {
  const flow = new Dataflow('df')
  const { trues, falses } = flow.input('inp', source).branch('odd', (item) => item % 2 === 1)
  const windower = new TumblingWindower({ lengthMs: 1000, alignTo: 0 })
  const { down, late, meta } = trues.merge('all', falses).countWindow('count', new SystemClock(), windower, String)
  for (const [name, stream] of Object.entries({ down, late, meta })) stream.inspectDebug(`see_${name}`, () => {})
  const edges = toMermaid(flow)
    .split('\n')
    .filter((line) => line.startsWith('df.odd --') || line.startsWith('df.count --'))
  assert.deepEqual(edges, [
    'df.odd -- "trues → ups" --> df.all',
    'df.odd -- "falses → ups" --> df.all',
    'df.count -- "down → up" --> df.see_down',
    'df.count -- "late → up" --> df.see_late',
    'df.count -- "meta → up" --> df.see_meta',
  ])
})

test('toMermaid: escapes what Mermaid would read as its own', () => {
  const flow = new Dataflow('graph')
  map('a "quoted" <b>\n#1', flow.input('größe', source))
  const [, , input, step] = toMermaid(flow).split('\n')
  assert.equal(input, '_graph.gr_xf6__xdf_e["größe (input)"]')
  assert.equal(step, '_graph.a_x20__x22_quoted_x22__x20__x3c_b_x3e__xa__x23_1["a #34;quoted#34; #60;b#62; #35;1 (map)"]')
})

test('planToText: lists core steps with the streams they read', () => {
  const lines = planToText(toPlan(makeFlow('df'))).split('\n')
  assert.deepEqual(
    lines.map((line) => line.split(/ {2,}/)),
    [
      ['df.inp', 'input'],
      ['df.add_one.flatMapBatch', 'flatMapBatch (map)', '← df.inp.down'],
      ['df.both', 'merge', '← df.add_one.flatMapBatch.down, df.inp.down'],
      ['df.show', 'inspectDebug', '← df.both.down'],
    ],
  )
})

test('visualize: refuses what is not a flow', () => {
  for (const draw of [toJson, toMermaid, toPlan]) assert.throws(() => draw({} as Dataflow), { code: 'NOT_A_FLOW' })
})
