import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TypewaxError } from '../../../src/index.ts'
import { packError, unpackError } from '../../../src/runtime/cluster/packed-error.ts'

function travel(error: unknown): Error {
  return unpackError(structuredClone(packError(error, 3)))
}

test('packed error: a TypewaxError arrives as one, with all it says, and the worker that it came from', () => {
  const cause = Object.assign(new RangeError('too far'), { code: 'E_FAR' })
  const sent = new TypewaxError('SOURCE_FAILED', 'it failed', { domain: 'external', stepId: 'flow.in', partKey: 'a', cause })
  const got = travel(sent) as TypewaxError
  assert.ok(got instanceof TypewaxError)
  assert.deepEqual(
    [got.code, got.message, got.domain, got.stepId, got.partKey, got.key],
    ['SOURCE_FAILED', 'it failed', 'external', 'flow.in', 'a', undefined],
  )
  assert.equal(got.workerIndex, 3)
  assert.equal(got.stack, sent.stack)
  const { name, message, code, stack } = got.cause as Error & { code: string }
  assert.deepEqual([name, message, code, stack], ['RangeError', 'too far', 'E_FAR', cause.stack])
})

test('packed error: what knows its worker keeps it', () => {
  assert.equal((travel(new TypewaxError('WORKERS_DIFFER', 'other', { workerIndex: 1 })) as TypewaxError).workerIndex, 1)
})

test('packed error: anything that is thrown arrives as an error', () => {
  assert.match(travel('just text').message, /just text/)
  assert.ok(travel(undefined) instanceof Error)
  assert.ok(travel({ reason: () => 1 }) instanceof Error)
})

test('packed error: causes that go in a circle come to an end', () => {
  const [one, two] = [new Error('one'), new Error('two')]
  one.cause = two
  two.cause = one
  let depth = 0
  for (let error: unknown = travel(one); error instanceof Error; error = error.cause) depth += 1
  assert.ok(depth > 2 && depth < 20)
})
