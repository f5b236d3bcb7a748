/** Checks whole commands, in the test's own process. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runCli } from '../../src/cli/run-cli.ts'
import { makeIo, type TestIo } from './test-io.ts'

const FLOWS = fileURLToPath(new URL('fixtures/flows.ts', import.meta.url))

async function typewax(args: readonly string[], io: TestIo = makeIo()): Promise<{ code: number; out: string; err: string }> {
  const code = await runCli(args, io)
  return { code, out: io.out(), err: io.err() }
}

test('typewax: explains itself', async () => {
  for (const args of [['--help'], ['run', '-h'], ['recovery', '--help'], ['visualize', '--help']]) {
    const { code, out, err } = await typewax(args)
    assert.equal(code, 0)
    assert.match(out, /^Usage: typewax /)
    assert.equal(err, '')
  }
  assert.match((await typewax(['--version'])).out, /^\d+\.\d+\.\d+\n$/)
})

test('typewax: gives exit code 2 and the way to the help when it is called wrongly', async () => {
  const wrong = [
    [],
    ['rnu'],
    ['run'],
    ['run', FLOWS, '-w', '0'],
    ['recovery'],
    ['recovery', 'drop', 'x'],
    ['recovery', 'init', 'x'],
    ['visualize', FLOWS, '-f', 'x'],
  ]
  for (const args of wrong) {
    const { code, err } = await typewax(args)
    assert.equal(code, 2, args.join(' '))
    assert.match(err, /^error: .+\n\(`typewax --help`, or --help after a command, tells more\)\n$/)
  }
})

test('typewax run: ends with a summary and exit code 0', async () => {
  const io = makeIo()
  const { code, err } = await typewax(['run', `${FLOWS}:quiet`], io)
  assert.equal(code, 0)
  assert.match(err, /^finished: 3 items in \d+ ms \(.+ items\/s\)\n$/)
  assert.equal(io.handlerCount(), 0)
})

test('typewax run: is silent when asked to', async () => {
  assert.equal((await typewax(['run', `${FLOWS}:quiet`, '--no-progress'])).err, '')
})

test('typewax run: hands arguments to the flow', async () => {
  assert.match((await typewax(['run', `${FLOWS}:quiet`, '--', '5'])).err, /^finished: 5 items/)
})

test('typewax run: gives exit code 0 after AbortExecution and says that the next run starts anew', async () => {
  const { code, err } = await typewax(['run', `${FLOWS}:aborting`])
  assert.equal(code, 0)
  assert.match(err, /^aborted: 0 items .*\nthe next run starts anew; with -r <dir> it would go on\n$/)
})

test('typewax run: gives exit code 1 and an error that names the step and the line of the user', async () => {
  const { code, err } = await typewax(['run', `${FLOWS}:failing`])
  assert.equal(code, 1)
  assert.match(err, /^error USER_FUNCTION_FAILED: .*\n {2}step +"failing\.divide/)
  assert.match(err, /\ncaused by RangeError: two is not allowed\n {4}at divide \(.*flows\.ts:\d+:\d+\)\n/)
  assert.match(err, /\ncaused by Error: because of me\n/)
  assert.doesNotMatch(err, /runtime|node:internal/)
})

test('typewax run: shows whole stacks at log level debug', async () => {
  const { err } = await typewax(['run', `${FLOWS}:failing`], makeIo({ TYPEWAX_LOG_LEVEL: 'debug' }))
  assert.match(err, /\n {4}at .*\/src\/runtime\//)
})

test('typewax run: gives exit code 1 when there is no flow', async () => {
  const { code, err } = await typewax(['run', 'none.ts'])
  assert.equal(code, 1)
  assert.match(err, /^error FLOW_FILE_NOT_FOUND: there is no file .*none\.ts/)
})

test('typewax visualize: draws in each format', async () => {
  assert.match((await typewax(['visualize', FLOWS])).out, /^flowchart TD\nsubgraph "three \(Dataflow\)"\n/)
  assert.equal(JSON.parse((await typewax(['visualize', FLOWS, '--format', 'json'])).out).flowId, 'three')
  assert.match((await typewax(['visualize', FLOWS, '-f', 'plan'])).out, /^three\.numbers +input\n/)
})
