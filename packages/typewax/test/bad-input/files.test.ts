/** Proves that files that are missing, unreadable, malformed, cut or full are reported with path and position, by the step that reads or writes them. */

import assert from 'node:assert/strict'
import { linkSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CsvSource,
  type CsvSourceOptions,
  DirSink,
  DirSource,
  FileSink,
  FileSource,
  JsonLinesSource,
  ParquetSource,
} from '../../src/connectors/files/index.ts'
import type { FixedPartitionedSource } from '../../src/inputs/source.ts'
import { MemoryRecoveryStore } from '../../src/recovery/memory-store.ts'
import { type BadInput, type Bench, testAll } from './bench.ts'
import { recovering, runFlow, source } from './parts.ts'
import { NO_TMPFS, tmpfs } from './tmpfs.ts'

/** The part of an error that cases of reading share. Partitions are named by device and path. */
interface Reading extends Partial<BadInput> {
  readonly message: RegExp
}

/** A case that reads a file `data` with some content. */
function read(
  title: string,
  content: string | Uint8Array,
  open: (path: string) => FixedPartitionedSource<unknown, number>,
  expected: Reading,
): BadInput {
  const act = async (bench: Bench): Promise<void> => {
    const path = join(bench.dir(), 'data')
    writeFileSync(path, content)
    await readAll(bench, open(path))
  }
  return { title, act, code: 'FILE_UNREADABLE', domain: 'external', stepId: 'flow.in', partKey: ANY_PART, ...expected }
}

/** Every file is a partition whose name has the number of a device in it: cases look at the message instead. */
const ANY_PART = 'PART'

async function readAll(bench: Bench, from: FixedPartitionedSource<unknown, number>, recovery = new MemoryRecoveryStore()): Promise<void> {
  const parts = { source: from as FixedPartitionedSource<never, number>, doesEnd: true }
  await runFlow(bench, parts, recovering({ recovery })).catch(withAnyPart)
}

function withAnyPart(error: { partKey?: string }): never {
  if (error.partKey !== undefined) error.partKey = ANY_PART
  throw error
}

const csv =
  (options: CsvSourceOptions = {}) =>
  (path: string): FixedPartitionedSource<unknown, number> =>
    new CsvSource(path, options)
const json = (path: string): FixedPartitionedSource<unknown, number> => new JsonLinesSource(path)
const parquet = (path: string): FixedPartitionedSource<unknown, number> => new ParquetSource(path)

testAll('bad file', [
  read('CSV with more fields than columns', 'a,b\n1,2\n3,4,5\n', csv(), {
    code: 'MALFORMED_CSV',
    message: /^`nextBatch` of input "flow\.in" for partition ".*": ".*data", line 3, column 5: the row has 3 fields, the header has 2; mend the row/,
  }),
  read('strict CSV with a quote that is not closed', 'a,b\n1,"2\n', csv({ strict: true }), {
    code: 'MALFORMED_CSV',
    message: /data", line 2, column 3: /,
  }),
  read('JSON lines with half a value', '{"a":1}\n{"a":\n', json, {
    code: 'MALFORMED_JSON',
    message: /data", line 2, byte 8: Unexpected end of JSON input/,
  }),
  read('JSON lines with a very long line that is none', `1\n${'x'.repeat(100_000)}\n`, json, {
    code: 'MALFORMED_JSON',
    message: /data", line 2, byte 2: Unexpected token/,
  }),
  read('parquet that is none', 'PAR1 or not', parquet, {
    code: 'MALFORMED_PARQUET',
    message:
      /^`buildPart` of input "flow\.in" for partition ".*": cannot read ".*data" as parquet: .*; it is damaged, cut short, or no parquet file$/,
  }),
  read('parquet that is empty', '', parquet, { code: 'MALFORMED_PARQUET', message: /; it is damaged, cut short, or no parquet file$/ }),
  read('gzip that is none', 'text', (path) => new FileSource(path, { compression: 'gzip' }), {
    code: 'MALFORMED_FILE',
    message:
      /^`nextBatch` .*: cannot decompress ".*data": incorrect header check; it is damaged, cut short, or not what `compression` or its ending says$/,
  }),
  {
    title: 'that is missing, and must exist',
    act: async (bench) => await readAll(bench, new FileSource(join(bench.dir(), 'data'), { mustExist: true })),
    code: 'FILE_NOT_FOUND',
    domain: 'external',
    message: /^`listParts` of input "flow\.in": there is no file ".*data"; check the path$/,
    stepId: 'flow.in',
  },
  {
    title: 'that vanishes after it was listed',
    act: async (bench) => {
      const path = join(bench.dir(), 'data')
      writeFileSync(path, 'line\n')
      class Late extends FileSource {
        override listParts(): string[] {
          const parts = super.listParts()
          rmSync(path)
          return parts
        }
      }
      await readAll(bench, new Late(path))
    },
    code: 'FILE_NOT_FOUND',
    domain: 'external',
    message: /^`buildPart` of input "flow\.in" for partition ".*": there is no file ".*data"; check the path$/,
    stepId: 'flow.in',
    partKey: ANY_PART,
  },
  {
    title: 'that is a directory among files',
    act: async (bench) => {
      const dir = bench.dir()
      mkdirSync(join(dir, 'inner'))
      await readAll(bench, new DirSource(dir))
    },
    code: 'FILE_UNREADABLE',
    domain: 'external',
    message: /: cannot read ".*inner": is a directory; it is a directory: narrow the pattern, or match the files in it with `\*\*`$/,
    stepId: 'flow.in',
    partKey: ANY_PART,
  },
  {
    title: 'whose directory is missing',
    act: (bench) => new DirSource(join(bench.dir(), 'nowhere')),
    code: 'DIRECTORY_NOT_FOUND',
    domain: 'external',
    message: /^there is no input directory ".*nowhere"; create it, or check the path$/,
  },
  {
    title: 'in place of a directory',
    act: (bench) => {
      const path = join(bench.dir(), 'data')
      writeFileSync(path, '')
      return new DirSource(path)
    },
    code: 'NOT_A_DIRECTORY',
    message: /^the input directory ".*data" is not a directory; read a single file with `FileSource`$/,
  },
  {
    title: 'that is shorter than the position it is resumed at',
    act: async (bench) => {
      const path = join(bench.dir(), 'data')
      writeFileSync(path, 'one\ntwo\nthree\n')
      const recovery = new MemoryRecoveryStore()
      await readAll(bench, new FileSource(path), recovery)
      truncateSync(path, 5)
      await readAll(bench, new FileSource(path), recovery)
    },
    code: 'FILE_TOO_SHORT',
    domain: 'external',
    message:
      /^`buildPart` .*: cannot resume ".*data" at byte 14: it has only 5 bytes; it was cut or replaced: restore it, or start over with a fresh/,
    stepId: 'flow.in',
    partKey: ANY_PART,
  },
])

/** A case that writes to a file or a directory. */
function write(
  title: string,
  makeSink: (dir: string) => FileSink | DirSink,
  expected: Partial<BadInput>,
  items: readonly unknown[] = [['a', 'text']],
): BadInput {
  const act = async (bench: Bench): Promise<void> => {
    const dir = bench.dir()
    await writeAll(bench, makeSink(dir), items)
  }
  return { title, act, code: 'FILE_UNWRITABLE', domain: 'external', message: '', stepId: 'flow.out', partKey: ANY_PART, ...expected }
}

interface WriteOptions {
  readonly recovery?: MemoryRecoveryStore
  /** Another sink of the flow. */
  readonly also?: FileSink
}

async function writeAll(bench: Bench, sink: FileSink | DirSink, items: readonly unknown[], options: WriteOptions = {}): Promise<void> {
  const { recovery = new MemoryRecoveryStore(), ...others } = options
  const parts = { source: source(bench, {}, items), sink: sink as never, doesEnd: true, ...others }
  await runFlow(bench, parts, recovering({ recovery })).catch(withAnyPart)
}

testAll('bad output file', [
  write(
    'gets a value that is no string',
    (dir) => new FileSink(join(dir, 'out')),
    {
      code: 'VALUE_NOT_STRING',
      domain: 'user',
      message: /^`writeBatch` of output "flow\.out" for partition ".*": ".*out" takes strings as values; got 7; put a `mapValue` before the sink$/,
    },
    [['a', 7]],
  ),
  write('has no directory', (dir) => new FileSink(join(dir, 'nowhere', 'out')), {
    code: 'DIRECTORY_NOT_FOUND',
    message: /^`buildPart` .*: there is no directory ".*nowhere" for the output file ".*out"; create it first$/,
  }),
  write('is a directory', (dir) => new FileSink(dir), {
    message: /: cannot write ".*": EISDIR: .*; it is a directory: give the path of a file$/,
  }),
  {
    title: 'lost what was committed',
    act: async (bench) => {
      const path = join(bench.dir(), 'out')
      const recovery = new MemoryRecoveryStore()
      await writeAll(bench, new FileSink(path), [['a', 'text']], { recovery })
      truncateSync(path, 2)
      await writeAll(bench, new FileSink(path), [['a', 'text']], { recovery })
    },
    code: 'FILE_TOO_SHORT',
    domain: 'external',
    message: /: cannot resume ".*out" at byte 5: it has only 2 bytes; it was cut or replaced: restore it, or start over with a fresh recovery store$/,
    stepId: 'flow.out',
    partKey: ANY_PART,
  },
  {
    title: 'is written by two steps',
    act: async (bench) => {
      const path = join(bench.dir(), 'out')
      await writeAll(bench, new FileSink(path), [], { also: new FileSink(path) })
    },
    code: 'FILE_IN_USE',
    message:
      /^`buildPart` of output "flow\.out" for partition ".*": cannot write "(.*out)": step "flow\.also\.output" writes it; give each step a file of its own$/,
    stepId: 'flow.out',
    partKey: ANY_PART,
  },
  {
    title: 'is written by two steps under two names',
    act: async (bench) => {
      const dir = bench.dir()
      writeFileSync(join(dir, 'part_0'), '')
      linkSync(join(dir, 'part_0'), join(dir, 'out'))
      await writeAll(bench, new DirSink(dir, { fileCount: 1 }), [], { also: new FileSink(join(dir, 'out')) })
    },
    code: 'FILE_IN_USE',
    message: /: cannot write ".*part_0": step "flow\.also\.output" writes the same file as ".*out"; give each step a file of its own$/,
    stepId: 'flow.out',
    partKey: ANY_PART,
  },
  {
    title: 'is read by the same flow, and stays as it is',
    act: async (bench) => {
      const path = join(bench.dir(), 'data')
      writeFileSync(path, 'precious\n')
      const run = runFlow(bench, { source: new FileSource(path) as never, sink: new FileSink(path) as never, doesEnd: true })
      await run.catch((error: unknown) => {
        assert.equal(readFileSync(path, 'utf8'), 'precious\n')
        withAnyPart(error as object)
      })
    },
    code: 'FILE_IN_USE',
    message:
      /^`buildPart` of output "flow\.out" for partition ".*": cannot write ".*data": step "flow\.in" reads it; give each step a file of its own$/,
    stepId: 'flow.out',
    partKey: ANY_PART,
  },
  {
    title: 'is read by a later step of the same flow',
    act: async (bench) => {
      const path = join(bench.dir(), 'data')
      writeFileSync(path, '')
      await runFlow(bench, { source: new FileSource(path) as never, also: new FileSink(path), doesEnd: true }).catch(withAnyPart)
    },
    code: 'FILE_IN_USE',
    message:
      /^`buildPart` of input "flow\.in" for partition ".*": cannot read ".*data": step "flow\.also\.output" writes it; give each step a file of its own$/,
    stepId: 'flow.in',
    partKey: ANY_PART,
  },
  {
    title: 'is on a disk that is full',
    skip: NO_TMPFS,
    act: async (bench) => {
      const path = join(tmpfs(bench, 'size=256k'), 'out')
      await writeAll(
        bench,
        new FileSink(path),
        Array.from({ length: 100 }, () => ['a', 'x'.repeat(10_000)]),
      )
    },
    code: 'FILE_UNWRITABLE',
    domain: 'external',
    message: /^`writeBatch` .*: cannot write ".*out": ENOSPC: .*; free some space and run again: with a recovery store the run resumes$/,
    stepId: 'flow.out',
    partKey: ANY_PART,
  },
])
