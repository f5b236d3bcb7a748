/** Owns the proof that the connectors that come with typewax keep the contracts: each one goes through the suite of its kind. */

import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { RandomMetricSource } from '../../src/connectors/demo.ts'
import { CsvSource, DirSink, DirSource, FileSink, FileSource, JsonLinesSource, ParquetSource } from '../../src/connectors/files/index.ts'
import { StdInSource, StdOutSink } from '../../src/connectors/stdio.ts'
import type { FixedPartitionedSource } from '../../src/inputs/index.ts'
import type { FixedPartitionedSink } from '../../src/outputs/index.ts'
import {
  dynamicSinkConformance,
  dynamicSourceConformance,
  type FailingSource,
  fixedPartitionedSinkConformance,
  fixedPartitionedSourceConformance,
  openFileCount,
  TestClock,
  TestingSource,
} from '../../src/testing/index.ts'
import { testSuite } from '../testing/suites.ts'

const LINES = ['first', 'é 東 😀', '', 'fourth', 'fifth', 'x'.repeat(300), 'last']
const TEXT = LINES.map((line) => `${line}\n`).join('')
const ROWS = Array.from({ length: 7 }, (_, index) => ({ id: index, name: `name ${index}` }))

type Files = Readonly<Record<string, string | Uint8Array>>

/** A directory of its own, with `files` in it. */
function makeDirectory(files: Files = {}): { dir: string; cleanup: () => void; countHandles: () => number } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'typewax-contract-')))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  return { dir, cleanup: () => rmSync(dir, { recursive: true, force: true }), countHandles: () => openFileCount(dir) }
}

interface FileCase<X> {
  readonly title: string
  readonly files: Files
  readonly open: (dir: string) => FixedPartitionedSource<X, number>
  /** Items by name of a file. */
  readonly expected: (dir: string) => Iterable<readonly [part: string, items: readonly X[]]>
  readonly failures?: readonly FailingSource<X, number>[]
}

function testFileSource<X>({ title, files, open, expected, failures = [] }: FileCase<X>): void {
  const make = () => {
    const { dir, ...rest } = makeDirectory(files)
    return { source: open(dir), expected: new Map(expected(dir)), ...rest }
  }
  testSuite(title, fixedPartitionedSourceConformance({ make, failures }))
}

/** A source that must fail on what is in `files`. */
function failing<X>(name: string, code: string, files: Files, open: (dir: string) => FixedPartitionedSource<X, number>): FailingSource<X, number> {
  const make = () => {
    const { dir, cleanup } = makeDirectory(files)
    return { source: open(dir), cleanup }
  }
  return { name, code, make }
}

for (const batchSize of [1, 3, 1_000]) {
  testFileSource<string>({
    title: `FileSource with batches of ${batchSize}`,
    files: { 'in.txt': TEXT },
    open: (dir) => new FileSource(join(dir, 'in.txt'), { batchSize, fsId: 'disk' }),
    expected: (dir) => [[`disk::${join(dir, 'in.txt')}`, LINES]],
    failures: [
      failing('a file that must be there', 'FILE_NOT_FOUND', {}, (dir) => new FileSource(join(dir, 'in.txt'), { mustExist: true })),
      failing(
        'bytes that are no UTF-8',
        'MALFORMED_FILE',
        { 'in.txt': Uint8Array.of(0x61, 0xff, 0x0a) },
        (dir) => new FileSource(join(dir, 'in.txt')),
      ),
    ],
  })
}

testFileSource<string>({
  title: 'FileSource of a pattern and of a last line without end',
  files: { 'a.txt': TEXT.slice(0, -1), 'b.txt': TEXT, 'c.csv': 'no' },
  open: (dir) => new FileSource(join(dir, '*.txt'), { batchSize: 2, fsId: '' }),
  expected: (dir) => ['a.txt', 'b.txt'].map((name) => [`::${join(dir, name)}`, LINES]),
})

testFileSource<string>({
  title: 'FileSource of a compressed file',
  files: { 'in.txt.gz': gzipSync(TEXT) },
  open: (dir) => new FileSource(join(dir, 'in.txt.gz'), { batchSize: 2, fsId: '' }),
  expected: (dir) => [[`::${join(dir, 'in.txt.gz')}`, LINES]],
  failures: [failing('a damaged file', 'MALFORMED_FILE', { 'in.gz': gzipSync(TEXT).subarray(0, 60) }, (dir) => new FileSource(join(dir, 'in.gz')))],
})

testFileSource<string>({
  title: 'DirSource',
  files: { é: TEXT, b: '', a: 'one\ntwo\r\nthree' },
  open: (dir) => new DirSource(dir, { batchSize: 2, fsId: '' }),
  expected: () => [
    ['::a', ['one', 'two', 'three']],
    ['::b', []],
    ['::é', LINES],
  ],
})

testFileSource<{ id: string; name: string }>({
  title: 'CsvSource',
  files: { 'in.csv': `id,name\n${ROWS.map(({ id, name }) => `${id},"${name}"\n`).join('\n')}` },
  open: (dir) => new CsvSource(join(dir, 'in.csv'), { batchSize: 2, fsId: '' }),
  expected: (dir) => [[`::${join(dir, 'in.csv')}`, ROWS.map(({ id, name }) => ({ id: String(id), name }))]],
  failures: [failing('too many fields', 'MALFORMED_CSV', { 'in.csv': 'id,name\n1,a,b\n' }, (dir) => new CsvSource(join(dir, 'in.csv')))],
})

testFileSource<unknown>({
  title: 'JsonLinesSource',
  files: { 'in.jsonl': ROWS.map((row) => JSON.stringify(row)).join('\n\n') },
  open: (dir) => new JsonLinesSource(join(dir, 'in.jsonl'), { batchSize: 2, fsId: '' }),
  expected: (dir) => [[`::${join(dir, 'in.jsonl')}`, ROWS]],
  failures: [
    failing('a line that is no JSON', 'MALFORMED_JSON', { 'in.jsonl': '{}\n{"a":}\n' }, (dir) => new JsonLinesSource(join(dir, 'in.jsonl'))),
  ],
})

testFileSource<{ id: number; name: string }>({
  title: 'ParquetSource',
  files: { 'in.parquet': parquet() },
  open: (dir) => new ParquetSource(join(dir, 'in.parquet'), { batchSize: 2, fsId: '' }),
  expected: (dir) => [[`::${join(dir, 'in.parquet')}`, ROWS]],
  failures: [failing('a file of text', 'MALFORMED_PARQUET', { 'in.parquet': TEXT }, (dir) => new ParquetSource(join(dir, 'in.parquet')))],
})

function parquet(): Uint8Array {
  const columnData = [
    { name: 'id', data: ROWS.map(({ id }) => id), type: 'INT32' as const },
    { name: 'name', data: ROWS.map(({ name }) => name), type: 'STRING' as const },
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 3 }))
}

testSuite(
  'RandomMetricSource',
  fixedPartitionedSourceConformance({
    make: () => {
      const clock = new TestClock({ startAtMs: 1_000 })
      return {
        source: new RandomMetricSource('temperature', { count: 6, intervalMs: 250, nextRandom: () => 7, now: clock.now }),
        expected: new Map([['temperature', Array.from({ length: 6 }, (): [string, number] => ['temperature', 7])]]),
        waitUntil: (timeMs: number) => clock.advanceTo(timeMs),
      }
    },
  }),
)

testSuite(
  'TestingSource that pauses',
  fixedPartitionedSourceConformance({
    make: () => {
      const clock = new TestClock()
      return {
        source: new TestingSource([1, 2, TestingSource.PAUSE(1_000), 3, 4, TestingSource.PAUSE(1_000), 5], { batchSize: 2, now: clock.now }),
        expected: new Map([['iterable', [1, 2, 3, 4, 5]]]),
        waitUntil: (timeMs: number) => clock.advanceTo(timeMs),
      }
    },
  }),
)

testSuite(
  'StdInSource',
  dynamicSourceConformance({
    make: () => ({
      source: new StdInSource({ stream: Readable.from(['first\nsec', 'ond\n', '\nfourth\r\nfif', 'th'].map((text) => Buffer.from(text))) }),
      expected: (workerIndex: number) => (workerIndex === 0 ? ['first', 'second', '', 'fourth', 'fifth'] : []),
    }),
  }),
)

testSuite(
  'StdOutSink',
  dynamicSinkConformance({
    make: () => {
      let text = ''
      const stream = new Writable({
        highWaterMark: 64,
        write(chunk, _encoding, callback) {
          text += String(chunk)
          setImmediate(callback)
        },
      })
      return { sink: new StdOutSink({ stream }), items: ['c', 'a', 'é', '東', '😀', 'b', ''], read: () => text.split('\n').slice(0, -1) }
    },
  }),
)

const REFUSED = [
  { name: 'a number', value: 7, code: 'VALUE_NOT_STRING' },
  { name: 'null', value: null, code: 'VALUE_NOT_STRING' },
]

function testFileSink(
  title: string,
  open: (dir: string) => FixedPartitionedSink<string, number>,
  pathOf: (dir: string, part: string) => string,
): void {
  const make = () => {
    const { dir, ...rest } = makeDirectory()
    const read = (part: string): string[] => readFileSync(pathOf(dir, part), 'utf8').split('\n').slice(0, -1)
    return { sink: open(dir), reopen: () => open(dir), values: LINES, read, ...rest }
  }
  testSuite(title, fixedPartitionedSinkConformance({ make, refuses: REFUSED }))
}

testFileSink(
  'FileSink',
  (dir) => new FileSink(join(dir, 'out.txt')),
  (_dir, part) => part,
)
testFileSink(
  'DirSink',
  (dir) => new DirSink(join(dir, 'new', 'out'), { fileCount: 12 }),
  (dir, part) => join(dir, 'new', 'out', part),
)
