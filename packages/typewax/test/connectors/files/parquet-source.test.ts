import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { ParquetSource, type ParquetSourceOptions } from '../../../src/connectors/files/index.ts'
import { failureOf, makeDirectory, readAll, readSteps } from '../drive.ts'

/** Seven rows in row groups of three. */
function parquet(): Uint8Array {
  const numbers = [0, 1, 2, 3, 4, 5, 6]
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: numbers, type: 'INT32' },
        { name: 'name', data: numbers.map((n) => `n${n}`), type: 'STRING' },
        { name: 'big', data: numbers.map((n) => (n === 3 ? null : BigInt(n))), type: 'INT64', nullable: true },
      ],
      rowGroupSize: 3,
    }),
  )
}

function sourceIn(dir: string, options?: ParquetSourceOptions): ParquetSource<{ id: number }> {
  return new ParquetSource(join(dir, 'in.parquet'), options)
}

test('ParquetSource: emits rows as objects, batches within row groups, positions in rows', async (t) => {
  const dir = makeDirectory(t, { 'in.parquet': parquet() })
  const steps = await readSteps(sourceIn(dir, { batchSize: 2 }))
  assert.deepEqual(
    steps.map(({ items, position }) => [items.map(({ id }) => id), position]),
    [
      [[0, 1], 2],
      [[2], 3],
      [[3, 4], 5],
      [[5], 6],
      [[6], 7],
      [[], 7],
    ],
  )
  assert.deepEqual(steps[2]!.items[0], { id: 3, name: 'n3', big: null })
  assert.deepEqual(steps[2]!.items[1], { id: 4, name: 'n4', big: 4n })
})

test('ParquetSource: goes on at any row', async (t) => {
  const dir = makeDirectory(t, { 'in.parquet': parquet() })
  for (let from = 0; from <= 7; from++) {
    const ids = (await readAll(sourceIn(dir), from)).map(({ id }) => id)
    assert.deepEqual(ids, [0, 1, 2, 3, 4, 5, 6].slice(from))
  }
})

test('ParquetSource: reads the chosen columns only', async (t) => {
  const dir = makeDirectory(t, { 'in.parquet': parquet() })
  assert.deepEqual((await readAll(sourceIn(dir, { columns: ['name', 'id'] })))[1], { name: 'n1', id: 1 })
})

test('ParquetSource: an unknown column is an error that lists the columns', async (t) => {
  const dir = makeDirectory(t, { 'in.parquet': parquet() })
  const error = await failureOf(() => readAll(sourceIn(dir, { columns: ['nmae'] })))
  assert.equal(error.code, 'INVALID_ARGUMENT')
  assert.match(error.message, /"nmae".*"id", "name", "big"/)
})

test('ParquetSource: reads all files of a pattern', async (t) => {
  const dir = makeDirectory(t, { 'a.parquet': parquet(), 'b.parquet': parquet() })
  assert.equal((await readAll(new ParquetSource(join(dir, '*.parquet')))).length, 14)
})

test('ParquetSource: damage is MALFORMED_PARQUET, a position behind the end FILE_TOO_SHORT', async (t) => {
  const good = parquet()
  const damaged = good.slice()
  damaged.fill(255, 4, 60)
  const dir = makeDirectory(t, {
    'in.parquet': good,
    'cut.parquet': good.subarray(0, -4),
    'damaged.parquet': damaged,
    'text.parquet': 'hello',
    'empty.parquet': '',
  })
  for (const name of ['cut', 'damaged', 'text', 'empty']) {
    const error = await failureOf(() => readAll(new ParquetSource(join(dir, `${name}.parquet`))))
    assert.equal(error.code, 'MALFORMED_PARQUET', name)
    assert.ok(error.message.includes(`${name}.parquet`))
  }
  assert.equal((await failureOf(() => readAll(sourceIn(dir), 8))).code, 'FILE_TOO_SHORT')
})
