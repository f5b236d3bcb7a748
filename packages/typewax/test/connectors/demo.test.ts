import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomMetricSource } from '../../src/connectors/demo.ts'
import { EOF } from '../../src/inputs/source.ts'

test('RandomMetricSource: emits a value an interval, and ends after count', async () => {
  let value = 0
  const source = new RandomMetricSource('cpu', { intervalMs: 10, count: 2, nextRandom: () => ++value, now: () => 1_000 })
  assert.deepEqual(source.listParts(), ['cpu'])
  const partition = await source.buildPart('cpu', undefined)
  assert.equal(partition.nextAwake(), 1_000)
  assert.deepEqual(await partition.nextBatch(), [['cpu', 1]])
  assert.equal(partition.nextAwake(), 1_010)
  assert.deepEqual(await partition.nextBatch(), [['cpu', 2]])
  assert.deepEqual(partition.snapshot(), { awakeAt: 1_010, count: 2 })
  assert.equal(await partition.nextBatch(), EOF)
})

test('RandomMetricSource: goes on counting after a resume, from when it was due', async () => {
  const source = new RandomMetricSource('cpu', { intervalMs: 10, count: 3, nextRandom: () => 5, now: () => 9_999 })
  const partition = await source.buildPart('cpu', { awakeAt: 1_010, count: 2 })
  assert.equal(partition.nextAwake(), 1_010)
  assert.deepEqual(await partition.nextBatch(), [['cpu', 5]])
  assert.equal(await partition.nextBatch(), EOF)
})

test('RandomMetricSource: draws digits by default', async () => {
  const source = new RandomMetricSource('cpu', { intervalMs: 0, count: 100 })
  const partition = await source.buildPart('cpu', undefined)
  for (let index = 0; index < 100; index++) {
    const [[, value]] = (await partition.nextBatch()) as [[string, number]]
    assert.ok(Number.isInteger(value) && value >= 0 && value <= 9)
  }
})

test('RandomMetricSource: arguments are checked at construction', () => {
  assert.throws(() => new RandomMetricSource('cpu', { intervalMs: -1 }), { code: 'INVALID_ARGUMENT' })
  assert.throws(() => new RandomMetricSource(1 as unknown as string), { code: 'INVALID_ARGUMENT' })
})
