/** Owns the laws of timers: whoever's latest wish is due comes out, once. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Timers } from '../../../src/runtime/state/timers.ts'

interface Owner {
  readonly id: number
  wakeAt: number | undefined
  queuedAt: number | undefined
}

test('Timers: give out exactly those whose latest wish is due, under any sequence of wishes', () => {
  const wish = fc.record({ id: fc.nat(9), at: fc.option(fc.nat(50), { nil: undefined }), now: fc.option(fc.nat(50), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 200 }), (wishes) => {
      const owners: Owner[] = Array.from({ length: 10 }, (_, id) => ({ id, wakeAt: undefined, queuedAt: undefined }))
      const [timers, model] = [new Timers<Owner>(), new Map<number, number>()]
      for (const { id, at, now } of wishes) {
        timers.set(owners[id] as Owner, at)
        if (at === undefined) model.delete(id)
        else model.set(id, at)
        if (now === undefined) continue
        const due = timers.takeDue(now).map((owner) => owner.id)
        const expected = [...model].filter(([, time]) => time <= now).map(([owner]) => owner)
        assert.deepEqual(due.sort(), expected.sort())
        for (const owner of expected) model.delete(owner)
        assert.ok(model.size === 0 || (timers.earliest as number) <= Math.min(...model.values()))
      }
    }),
  )
})

test('Timers: a wish for never is no wish', () => {
  const timers = new Timers<Owner>()
  timers.set({ id: 1, wakeAt: undefined, queuedAt: undefined }, Number.POSITIVE_INFINITY)
  assert.equal(timers.earliest, undefined)
})

test('Timers: a wish that is renewed a million times leaves nothing behind', () => {
  const timers = new Timers<Owner>()
  const owner = { id: 1, wakeAt: undefined, queuedAt: undefined }
  const before = process.memoryUsage().heapUsed
  for (let at = 1; at <= 1_000_000; at++) timers.set(owner, at)
  assert.ok(process.memoryUsage().heapUsed - before < 20 * 2 ** 20)
  assert.deepEqual(timers.takeDue(999_999), [])
  assert.deepEqual(timers.takeDue(1_000_000), [owner])
})

test('Timers: a wish that moves earlier a million times leaves nothing behind', () => {
  const timers = new Timers<Owner>()
  const owner = { id: 1, wakeAt: undefined, queuedAt: undefined }
  const before = process.memoryUsage().heapUsed
  for (let at = 1_000_000; at >= 1; at--) timers.set(owner, at)
  assert.ok(process.memoryUsage().heapUsed - before < 20 * 2 ** 20)
  assert.deepEqual(timers.takeDue(1), [owner])
  assert.deepEqual(timers.takeDue(2_000_000), [])
})

test('Timers: wishes that are given up leave nothing behind', () => {
  const timers = new Timers<Owner>()
  const before = process.memoryUsage().heapUsed
  for (let id = 0; id < 500_000; id++) {
    const owner = { id, wakeAt: undefined, queuedAt: undefined }
    timers.set(owner, 1_000_000 + id)
    timers.set(owner, undefined)
  }
  assert.ok(process.memoryUsage().heapUsed - before < 30 * 2 ** 20)
  assert.deepEqual(timers.takeDue(2_000_000), [])
})

test('Timers: those who move again and again to an earlier time, and back, come out once', () => {
  const timers = new Timers<Owner>()
  const owners = Array.from({ length: 5 }, (_, id): Owner => ({ id, wakeAt: undefined, queuedAt: undefined }))
  // Enough places are given up for the heap to be built anew many times.
  for (let at = 20_000; at > 0; at--) timers.set(owners[at % 5] as Owner, at % 7 === 0 ? 20_000 : at)
  for (const [id, owner] of owners.entries()) {
    timers.set(owner, undefined)
    timers.set(owner, 100 - id)
    timers.set(owner, undefined)
    timers.set(owner, 100 - id)
  }
  assert.deepEqual(
    timers.takeDue(1_000).map(({ id }) => id),
    [4, 3, 2, 1, 0],
  )
  assert.deepEqual(timers.takeDue(100_000), [])
})
