/** Checks how errors look to the user of the command line. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatError } from '../../src/cli/error-report.ts'
import { TypewaxError } from '../../src/errors.ts'

const OWN_FRAME = `    at own (${new URL('../../src/runtime/worker.ts', import.meta.url).href}:1:1)`
const SHORT = { isVerbose: false }

function userError(message: string, cause?: unknown): Error {
  const error = new RangeError(message, cause === undefined ? {} : { cause })
  error.stack = `RangeError: ${message}\n    at user (file:///home/me/flow.ts:3:5)\n    at Array.map (<anonymous>)\n${OWN_FRAME}\n    at node:internal/x:1:1`
  return error
}

test('formatError: shows code, message and place, then the cause with the frames of the user', () => {
  const error = new TypewaxError('USER_FUNCTION_FAILED', 'it threw', {
    stepId: 'f.map',
    key: 'a',
    workerIndex: 1,
    partKey: 'p',
    cause: userError('mine'),
  })
  assert.equal(
    formatError(error, SHORT),
    [
      'error USER_FUNCTION_FAILED: it threw',
      '  step      "f.map"',
      '  partition "p"',
      '  key       "a"',
      '  worker    1',
      'caused by RangeError: mine',
      '    at user (file:///home/me/flow.ts:3:5)',
    ].join('\n'),
  )
})

test('formatError: shows every frame when verbose', () => {
  const text = formatError(new TypewaxError('SINK_FAILED', 'no', { cause: userError('mine') }), { isVerbose: true })
  assert.ok(text.includes(OWN_FRAME))
  assert.match(text, /^error SINK_FAILED: no\n {4}at .*\n(.*\n)*caused by RangeError: mine\n/)
})

test('formatError: follows the chain of causes, also a circular one', () => {
  const first = userError('first', userError('second', 'a text'))
  assert.match(
    formatError(first, SHORT),
    /^error: RangeError: first\n {4}at user.*\ncaused by RangeError: second\n {4}at user.*\ncaused by "a text"$/,
  )
  const circle = userError('circle')
  circle.cause = circle
  assert.equal(formatError(circle, SHORT).match(/caused by/g)?.length, 8)
})

test('formatError: keeps the stack when it has no frame of the user, and of our own mistakes', () => {
  const error = new Error('deep')
  error.stack = `Error: deep\n${OWN_FRAME}`
  assert.equal(formatError(error, SHORT), `error: Error: deep\n${OWN_FRAME}`)
  assert.match(formatError(new TypewaxError('WRONG_RETURN', 'bug', { domain: 'internal' }), SHORT), /^error WRONG_RETURN: bug\n {4}at /)
})

test('formatError: keeps the line of code that a syntax error points at', () => {
  const error = new SyntaxError('Unexpected token')
  error.stack = 'file:///home/me/flow.ts:3\nlet let\n    ^^^\nSyntaxError: Unexpected token\n    at node:internal/x:1:1'
  assert.match(formatError(error, SHORT), /^error: file:\/\/\/home\/me\/flow\.ts:3\nlet let\n {4}\^\^\^\nSyntaxError: Unexpected token\n/)
})

test('formatError: shows what is not an error as a value', () => {
  assert.equal(formatError('text', SHORT), 'error: "text"')
  assert.equal(formatError(undefined, SHORT), 'error: undefined')
})
