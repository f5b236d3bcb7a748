/** Proves that a recovery store that is damaged, incomplete, taken, full or not the right one is refused with the reason, and never half used. */

import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { Dataflow, type RunOptions, run } from '../../src/index.ts'
import { initRecovery } from '../../src/recovery/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { type BadInput, type Bench, testAll } from './bench.ts'
import { count, type Variant } from './count.ts'

/** A case in which a store that was used once is spoilt and used again. */
function spoilt(title: string, spoil: (dir: string) => void, expected: Partial<BadInput>, again: Variant = {}, options: RunOptions = {}): BadInput {
  const act = async (bench: Bench): Promise<void> => {
    const dir = bench.dir()
    await count(dir)
    spoil(dir)
    await count(dir, again, options)
  }
  return {
    title,
    act,
    code: 'STORE_CORRUPT',
    domain: 'external',
    message: /; restore the store from a backup, or delete its directory to start over$/,
    ...expected,
  }
}

const PART = 'part-0.sqlite3'

/** Changes rows behind the back of the store. */
function edit(sql: string): (dir: string) => void {
  return (dir) => {
    const database = new DatabaseSync(join(dir, PART))
    database.exec(sql)
    database.close()
  }
}

/** Replaces the states of a step by ones that this version of Node can't read: the checksum is right, the format is of the future. */
function fromTheFuture(dir: string): void {
  const database = new DatabaseSync(join(dir, PART))
  const rows = database.prepare('SELECT id, blob FROM chunks').all() as { id: number; blob: Uint8Array }[]
  for (const { id, blob } of rows) {
    const changed = Buffer.from(blob)
    changed[7] = 0xfe
    changed.writeUInt32LE(crc32(changed.subarray(6)), 2)
    database.prepare('UPDATE chunks SET blob = ? WHERE id = ?').run(changed, id)
  }
  database.close()
}

/** Changes a byte in every state. Pages hold copies of what has moved: any of them may be the one that counts. */
function flipStates(dir: string): void {
  const path = join(dir, PART)
  const text = readFileSync(path, 'latin1').replaceAll('x'.repeat(50), `${'x'.repeat(49)}y`)
  writeFileSync(path, text, 'latin1')
}

testAll('bad store', [
  spoilt(
    'of another flow',
    () => {},
    {
      code: 'STORE_OTHER_FLOW',
      domain: 'user',
      message: /belongs to flow "flow", not "second"; give each flow a store of its own, or delete this one/,
    },
    { flowId: 'second' },
  ),
  spoilt('a file without its end', (dir) => truncateSync(join(dir, PART), 3 * 4096), {}),
  spoilt('an empty file', (dir) => truncateSync(join(dir, PART), 0), {}),
  spoilt('a file that is no database', (dir) => writeFileSync(join(dir, PART), 'x'.repeat(10_000)), {
    message: /part-0\.sqlite3" is not a recovery store \(no SQLite database\); restore/,
  }),
  spoilt(
    'a database of somebody else',
    (dir) => {
      rmSync(join(dir, PART))
      const database = new DatabaseSync(join(dir, PART))
      database.exec('CREATE TABLE t (x)')
      database.close()
    },
    {},
  ),
  spoilt('flipped bytes in states', flipStates, {
    message: /^chunk \d+ of step "flow\.count\..*" \(epoch \d+\) in .* is damaged: its checksum does not fit; restore the store from a backup/,
    stepId: 'flow.count',
  }),
  spoilt('a state that is gone', edit('DELETE FROM chunks WHERE id = (SELECT max(id) FROM chunks)'), {
    message: /does not hold what it held when epoch \d+ was committed/,
  }),
  spoilt('a state that is altered', edit("UPDATE chunks SET step_id = 'flow.in'"), {
    message: /does not hold what it held when epoch \d+ was committed/,
  }),
  spoilt('a state that no longer deserialises', fromTheFuture, {
    code: 'STATE_UNREADABLE',
    message: /^chunk \d+ of step "flow\.(in|count)" cannot be deserialised by this version of Node \(.*\)/,
    stepId: 'flow.in',
  }),
  spoilt('a format of the future', edit('PRAGMA user_version = 99'), { code: 'STORE_VERSION', message: /99/ }),
  spoilt(
    'a step that vanished',
    () => {},
    {
      code: 'STATE_WITHOUT_STEP',
      domain: 'user',
      message:
        'the store has state of step "flow.count.stateful.statefulBatch", which the dataflow does not have; drop it with --drop-state flow.count.stateful.statefulBatch (`dropState`), or say its new id with --rename-state flow.count.stateful.statefulBatch=NEW (`renameState`); steps without stored state: "flow.sum.stateful.statefulBatch", "flow.out"',
      stepId: 'flow.count.stateful.statefulBatch',
    },
    { counter: 'sum' },
  ),
  spoilt(
    'a step that vanished, and a name that nobody has',
    () => {},
    {
      code: 'STATE_WITHOUT_STEP',
      domain: 'user',
      message:
        /^the state of step "flow\.count\.stateful\.statefulBatch" can't go to "flow\.summ" \(`renameState`\): the dataflow has no such step that keeps state; steps without/,
      stepId: 'flow.count.stateful.statefulBatch',
    },
    { counter: 'sum' },
    { renameState: { 'flow.count.stateful.statefulBatch': 'flow.summ' } },
  ),
  spoilt(
    'a step that takes the name of another',
    () => {},
    {
      code: 'INVALID_ARGUMENT',
      domain: 'user',
      message: 'the state of step "flow.in" can\'t go to "flow.count.stateful.statefulBatch", which has state already; drop one of them',
    },
    {},
    { renameState: { 'flow.in': 'flow.count.stateful.statefulBatch' } },
  ),
  spoilt(
    'a step that vanished, and another one that is dropped',
    () => {},
    {
      code: 'STATE_WITHOUT_STEP',
      domain: 'user',
      message: /^the store has state of step "flow\.count/,
      stepId: 'flow.count.stateful.statefulBatch',
    },
    { counter: 'sum' },
    { dropState: ['flow.typo'], renameState: { 'flow.typo': 'flow.sum' } },
  ),
])

/** A source of one partition whose name is given. */
function partCase(title: string, drop: readonly string[] | undefined): BadInput {
  const act = async (bench: Bench): Promise<void> => {
    const dir = bench.dir()
    for (const name of ['old', 'new']) {
      class Named extends TestingSource<number> {
        override listParts(): string[] {
          return [name]
        }
      }
      const flow = new Dataflow('flow')
      flow.input('in', new Named([1, 2])).output('out', new TestingSink<number>([]))
      await run(flow, { recovery: dir, epochIntervalMs: 0, ...(drop === undefined ? {} : { dropState: drop }) })
    }
  }
  return {
    title,
    act,
    code: 'PARTITION_VANISHED',
    message:
      'input "flow.in" has a stored position for partition "old", which is not listed any more; bring it back, or drop its position with --drop-state "flow.in/old" (`dropState`)',
    stepId: 'flow.in',
    partKey: 'old',
  }
}

testAll('bad store', [
  partCase('a partition that vanished', undefined),
  partCase('a partition that vanished, and another one that is dropped', ['flow.in/other', 'flow.out']),
])

/** A store of three files. */
function ofThree(title: string, spoil: (dir: string, saved: string) => void, expected: Partial<BadInput>): BadInput {
  const act = async (bench: Bench): Promise<void> => {
    const dir = bench.dir()
    const saved = bench.dir()
    initRecovery(dir, 3)
    await count(dir, { keyCount: 10 })
    for (const name of readdirSync(dir)) copyFileSync(join(dir, name), join(saved, name))
    await count(dir)
    spoil(dir, saved)
    await count(dir)
  }
  return { title, act, code: 'STORE_CORRUPT', domain: 'external', message: '', ...expected }
}

testAll('bad store', [
  ofThree('one of three files missing', (dir) => rmSync(join(dir, 'part-1.sqlite3')), {
    code: 'STORE_FILE_MISSING',
    message: /has 3 files, but part-1\.sqlite3 is missing; put it back, together with the -wal file beside it, or restore/,
  }),
  ofThree('one of three files an old copy', (dir, saved) => copyFileSync(join(saved, 'part-2.sqlite3'), join(dir, 'part-2.sqlite3')), {
    code: 'STORE_STALE',
    message: /part-2\.sqlite3 is an old copy: it does not know execution 1, .*; put the newest copy of every file of the store in place/,
  }),
  ofThree(
    'two of three files swapped',
    (dir) => {
      const [one, two] = [join(dir, 'part-1.sqlite3'), join(dir, 'part-2.sqlite3')]
      const bytes = readFileSync(one)
      copyFileSync(two, one)
      writeFileSync(two, bytes)
    },
    { message: /is file 2 of its store, so its name should be part-2\.sqlite3/ },
  ),
])

testAll('bad store', [
  {
    title: 'one of three files without its WAL after a crash',
    act: async (bench) => {
      const dir = bench.dir()
      const crashed = bench.dir()
      initRecovery(dir, 3)
      const onKey = (key: string): void => {
        if (key !== 'key 40') return
        for (const name of readdirSync(dir)) if (!name.startsWith('lock')) copyFileSync(join(dir, name), join(crashed, name))
      }
      await count(dir, { onKey })
      rmSync(join(crashed, 'part-1.sqlite3-wal'))
      await count(crashed)
    },
    code: 'STORE_STALE',
    domain: 'external',
    message: /part-1\.sqlite3 is an old copy: .*; put the newest copy of every file of the store in place, or restore all of them from one backup$/,
  },
])
