import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { StdInSource, StdOutSink } from '../../src/connectors/stdio.ts'
import { EOF } from '../../src/inputs/source.ts'
import { turn } from '../inputs/deferred.ts'
import { failureOf, makeContext } from './drive.ts'

/** A stream whose writes are finished by the test. */
class Slow extends Writable {
  readonly chunks: string[] = []
  readonly #pending: ((error?: Error) => void)[] = []

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.chunks.push(chunk.toString())
    this.#pending.push(done)
  }

  finish(error?: Error): void {
    this.#pending.shift()!(error)
  }
}

test('StdOutSink: writes items as lines, one write a batch', async () => {
  const stream = new PassThrough({ encoding: 'utf8' })
  const partition = await new StdOutSink({ stream }).build(0, 1, makeContext())
  await partition.writeBatch(['é', 'b'])
  await partition.writeBatch([])
  await partition.flush?.()
  assert.equal(stream.read(), 'é\nb\n')
})

test('StdOutSink: writes texts as they are, objects as JSON on one line, anything else as String does', async () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  const shown: readonly (readonly [item: unknown, line: string])[] = [
    ['a "b"', 'a "b"'],
    [1, '1'],
    [12n, '12'],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [undefined, 'undefined'],
    [['ada', { count: 3, note: 'two\nlines' }], '["ada",{"count":3,"note":"two\\nlines"}]'],
    [{ id: 12n, mean: Number.NaN }, '{"id":"12","mean":"NaN"}'],
    [{ at: new Date(0), url: new URL('http://localhost/') }, '{"at":"1970-01-01T00:00:00.000Z","url":"http://localhost/"}'],
    [{ map: new Map([['a', 1]]), set: new Set([1, 2]) }, '{"map":[["a",1]],"set":[1,2]}'],
    [{ error: new RangeError('too far') }, '{"error":"RangeError: too far"}'],
    [circle, '<ref *1> { self: [Circular *1] }'],
  ]
  const stream = new PassThrough({ encoding: 'utf8' })
  const partition = await new StdOutSink({ stream }).build(0, 1, makeContext())
  await partition.writeBatch(shown.map(([item]) => item))
  assert.deepEqual(
    stream.read().split('\n').slice(0, -1),
    shown.map(([, line]) => line),
  )
})

test('StdOutSink: waits for a slow reader, and flush for everything', async () => {
  const stream = new Slow({ highWaterMark: 10 })
  const partition = await new StdOutSink({ stream }).build(0, 1, makeContext())
  assert.equal(partition.writeBatch(['short']), undefined)
  let isFlushed = false
  const flushed = Promise.resolve(partition.flush?.()).then(() => {
    isFlushed = true
  })
  await turn()
  assert.equal(isFlushed, false)
  stream.finish()
  await flushed
  const written = partition.writeBatch(['longer than ten'])
  assert.ok(written instanceof Promise)
  stream.finish()
  await written
})

test('StdOutSink: a reader that has gone away is an error of the outside, and not the end of the process', async () => {
  const stream = new Slow()
  const context = makeContext()
  const partition = await new StdOutSink({ stream }).build(0, 1, context)
  partition.writeBatch(['x'])
  stream.finish(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  const error = await failureOf(() => partition.flush?.())
  assert.deepEqual([error.code, error.domain], ['FILE_UNWRITABLE', 'external'])
  assert.match(error.message, /gone away/)
  assert.equal((await failureOf(async () => (await partition.writeBatch(['y'])) ?? partition.flush?.())).code, 'FILE_UNWRITABLE')
  await turn()
  context.end()
  assert.equal(stream.listenerCount('error'), 0)
})

async function linesOf(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const partition = await new StdInSource({ stream: Readable.from(chunks) }).build(0, 1, makeContext())
  const lines: string[] = []
  for (;;) {
    const batch = await partition.nextBatch()
    if (batch === EOF) return lines
    lines.push(...(batch as Iterable<string>))
  }
}

test('StdInSource: emits lines wherever the chunks are cut', async () => {
  const text = fc.array(fc.constantFrom('\n', '\r\n', '\r', 'a', 'é', '😀', 'bc'), { maxLength: 30 }).map((pieces) => pieces.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 6 }), async (all, size) => {
      const bytes = Buffer.from(all)
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
      const expected = all.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
      if (expected.at(-1) === '') expected.pop()
      assert.deepEqual(await linesOf(chunks), expected)
    }),
    { numRuns: 200 },
  )
})

test('StdInSource: worker 0 reads, the others have nothing', async () => {
  const source = new StdInSource({ stream: Readable.from(['x\n']) })
  assert.equal(await (await source.build(1, 2, makeContext())).nextBatch(), EOF)
  assert.deepEqual(await (await source.build(0, 2, makeContext())).nextBatch(), ['x'])
})

test('StdInSource: the end of the execution stops waiting for input', async () => {
  const stream = new PassThrough()
  const context = makeContext()
  const partition = await new StdInSource({ stream }).build(0, 1, context)
  const pending = Promise.resolve(partition.nextBatch()).catch(() => EOF)
  context.end()
  assert.equal(await pending, EOF)
  assert.equal(stream.destroyed, true)
})
