/** Checks how a flow is found in a file of the user. */

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { loadFlow, parseTarget } from '../src/load-flow.ts'

const folder = mkdtempSync(join(tmpdir(), 'typewax-load-'))
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
after(() => rmSync(folder, { recursive: true, force: true }))

const DATAFLOW = JSON.stringify(new URL('../src/dataflow/dataflow.ts', import.meta.url).href)

function file(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `import { Dataflow } from ${DATAFLOW}\n${text}`)
  return path
}

test('loadFlow: takes the export `flow` when several flows are exported', async () => {
  const path = file('two.ts', `export const a = new Dataflow('a')\nexport const flow: Dataflow = new Dataflow('f')`)
  assert.equal((await loadFlow(path)).flowId, 'f')
  assert.equal((await loadFlow(`${path}:a`)).flowId, 'a')
  assert.equal((await loadFlow(pathToFileURL(path), { export: 'a' })).flowId, 'a')
})

test('loadFlow: takes the only Dataflow exported when none is called `flow`', async () => {
  const path = file('one.mjs', `export const size = 1\nexport const words = new Dataflow('w')\nexport { words as default }`)
  assert.equal((await loadFlow(path)).flowId, 'w')
})

test('loadFlow: calls a function export with the arguments', async () => {
  const path = file('function.js', `export async function flow(...args) { return new Dataflow(args.join('+')) }`)
  assert.equal((await loadFlow(path, { args: ['x', 'y'] })).flowId, 'x+y')
})

test('loadFlow: accepts a flow of another copy of the package', async () => {
  const path = file('copy.ts', `export const flow = { '~dataflow': true, flowId: 'other', steps: [] }`)
  assert.equal((await loadFlow(path)).flowId, 'other')
})

test('loadFlow: names the file when there is none', async () => {
  await assert.rejects(loadFlow(join(folder, 'none.ts:flow')), { code: 'FLOW_FILE_NOT_FOUND', message: /there is no file .*none\.ts; give the path/ })
  await assert.rejects(loadFlow(folder), { code: 'FLOW_FILE_NOT_FOUND', message: /is not a file/ })
  await assert.rejects(loadFlow(new URL('https://example.org/flow.ts')), { code: 'FLOW_FILE_NOT_FOUND', message: /loaded from a file/ })
})

test('loadFlow: lists the exports when the wanted one is missing', async () => {
  const path = file('list.ts', `export const a = new Dataflow('a')\nexport const b = new Dataflow('b')\nexport const size = 1`)
  const list = /it exports `a` \(Dataflow\), `b` \(Dataflow\), `size` \(number\)/
  await assert.rejects(loadFlow(`${path}:c`), { code: 'FLOW_NOT_EXPORTED', message: list })
  await assert.rejects(loadFlow(path), { code: 'FLOW_NOT_EXPORTED', message: /exports 2 flows and none is called `flow`; say which one/ })
  await assert.rejects(loadFlow(file('empty.ts', '')), { code: 'FLOW_NOT_EXPORTED', message: /no other Dataflow; write .*; it exports nothing/ })
})

test('loadFlow: says what was exported or returned when it is not a flow', async () => {
  await assert.rejects(loadFlow(file('number.ts', 'export const flow = 5')), {
    code: 'NOT_A_FLOW',
    message: /must be a Dataflow or a function .*; got 5/,
  })
  await assert.rejects(loadFlow(file('nothing.ts', 'export function flow() {}')), {
    code: 'NOT_A_FLOW',
    message: /function flow of .* must return a Dataflow; got undefined/,
  })
})

test('loadFlow: passes on what the module throws', async () => {
  await assert.rejects(loadFlow(file('throws.ts', `throw new RangeError('mine')`)), { name: 'RangeError', message: 'mine' })
  await assert.rejects(loadFlow(file('calls.ts', `export const flow = () => { throw new RangeError('mine too') }`)), { message: 'mine too' })
})

test('loadFlow: says what to do when Node takes the file for a CommonJS module', async () => {
  const path = file('commonjs/flow.ts', `export const flow = new Dataflow('c')`)
  writeFileSync(join(dirname(path), 'package.json'), '{ "type": "commonjs" }')
  await assert.rejects(loadFlow(path), { code: 'FLOW_NOT_EXPORTED', message: /write `"type": "module"` into the nearest package.json/ })
})

test('loadFlow: runs TypeScript that Node cannot strip through tsx', async () => {
  const path = file('enum.ts', `enum Name { First = 'first' }\nexport const flow = new Dataflow(Name.First)`)
  assert.equal((await loadFlow(path)).flowId, 'first')
  const inModules = file('node_modules/flows/flow.ts', `export const flow: Dataflow = new Dataflow('m')`)
  writeFileSync(join(dirname(inModules), 'package.json'), '{ "type": "module" }')
  assert.equal((await loadFlow(inModules)).flowId, 'm')
})

test('parseTarget: splits at the last colon when an identifier follows', () => {
  assert.equal(parseTarget('flow.ts:größe').name, 'größe')
  assert.equal(parseTarget('a:b/flow.ts').name, undefined)
  assert.equal(parseTarget('file:///a/flow.ts:x').url.href, 'file:///a/flow.ts')
  assert.equal(parseTarget('file:///a/flow.ts').name, undefined)
})
