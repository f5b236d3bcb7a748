/** Checks what a run does to the terminal: the painted line, the log, the signals. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLiveLine } from '../../src/cli/live-line.ts'
import { createLogger } from '../../src/cli/logger.ts'
import { stopOnSignals } from '../../src/cli/stop-signals.ts'
import { makeIo } from './test-io.ts'

const CLEAR = '\r\x1b[2K'

test('live line: is painted over, and cleared before anything that stays', () => {
  const io = makeIo({}, true)
  const line = createLiveLine(io.stderr, io.stdout)
  line.paint('one')
  line.paint('two')
  line.print('log\n')
  line.end()
  assert.equal(io.err(), `${CLEAR}one${CLEAR}two${CLEAR}log\n`)
})

test('live line: is cleared before the flow writes to the same terminal', () => {
  const io = makeIo({}, true)
  const write = io.stdout.write
  const line = createLiveLine(io.stderr, io.stdout)
  line.paint('one')
  io.stdout.write('item\n')
  assert.equal(io.err(), `${CLEAR}one${CLEAR}`)
  assert.equal(io.out(), 'item\n')
  line.end()
  assert.equal(io.stdout.write, write)
})

test('live line: is cut to the width of the terminal', () => {
  const io = makeIo({}, true)
  createLiveLine(io.stderr, io.stdout).paint('x'.repeat(80))
  assert.equal(io.err(), `${CLEAR}${'x'.repeat(78)}…`)
  const unsized = makeIo({}, true)
  createLiveLine({ ...unsized.stderr, columns: 0 }, unsized.stdout).paint('short')
  assert.equal(unsized.err(), `${CLEAR}short`)
})

test('live line: is a line of its own where there is no terminal', () => {
  const io = makeIo()
  const line = createLiveLine(io.stderr, io.stdout)
  line.paint('one')
  line.print('log\n')
  line.end()
  assert.equal(io.err(), 'one\nlog\n')
})

test('logger: writes JSON from its level on', () => {
  const lines: string[] = []
  const logger = createLogger('info', false, (line) => void lines.push(line))
  logger.debug('hidden')
  logger.warn('shown', { stepId: 'f.a', count: 2 })
  assert.equal(lines.length, 1)
  const { time, ...rest } = JSON.parse(lines[0]!)
  assert.match(time, /^\d{4}-\d\d-\d\dT/)
  assert.deepEqual(rest, { level: 'warn', msg: 'shown', stepId: 'f.a', count: 2 })
})

test('logger: writes text for a terminal', () => {
  const lines: string[] = []
  createLogger('debug', true, (line) => void lines.push(line)).info('shown', { stepId: 'f.a', sizes: [1, 2] })
  assert.match(lines[0]!, /^\d\d:\d\d:\d\d info {2}shown {2}stepId=f\.a sizes=\[1,2\]\n$/)
})

test('logger: says nothing when silent', () => {
  createLogger('silent', false, () => assert.fail('logged')).error('hidden')
})

test('stopOnSignals: stops gracefully at the first signal and cuts off at the second', () => {
  const io = makeIo()
  const stop = stopOnSignals(io, 20_000, (text) => io.stderr.write(text))
  io.send('SIGINT')
  assert.ok(stop.signal.aborted)
  assert.deepEqual(io.exitCodes, [])
  io.send('SIGTERM')
  assert.deepEqual(io.exitCodes, [143])
  assert.match(io.err(), /^SIGINT: finishing the epoch; once more to cut off\ncut off: second SIGTERM\n$/)
})

test('stopOnSignals: cuts off when the engine does not do so in its time', () => {
  const io = makeIo()
  stopOnSignals(io, 20_000, (text) => io.stderr.write(text))
  io.send('SIGINT')
  const [[fire, delayMs]] = [...io.timers] as [[() => void, number]]
  assert.equal(delayMs, 22_000)
  fire()
  assert.deepEqual(io.exitCodes, [130])
  assert.match(io.err(), /took longer than 20 s/)
})

test('stopOnSignals: leaves nothing behind when released', () => {
  const io = makeIo()
  const stop = stopOnSignals(io, 20_000, () => {})
  io.send('SIGINT')
  stop.release()
  assert.equal(io.handlerCount(), 0)
  assert.equal(io.timers.size, 0)
})
