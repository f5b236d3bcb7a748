/**
 * Owns the power-loss campaign: `npm run test:powerloss -- --seeds 1000 --seed 1`. SIGKILL never tests fsync, so here the disk itself is modelled: a
 * run is recorded at the system interface, store and sinks alike; each seed picks a moment, lets the disk model decide what survives, resumes from
 * that, and compares the outputs byte for byte with those of a run without faults. Some resumed runs are recorded too and crash again. To see that it
 * can fail, let the disk forget the syncs of some files: `--forget-sync file.txt`.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../kill/random.ts'
import { Disk, type Operation, parseRecord } from './disk-model.ts'
import { runFlow } from './flow.ts'

const LINES = 1_200
/** Seeds that share a recorded run: some of the first one, some of a run that was itself resumed after a crash. */
const SEEDS_PER_RECORDING = 50

const { values: options } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, 'forget-sync': { type: 'string' } },
})
const here = (name: string): string => new URL(name, import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'typewax-powerloss-'))
const input = join(root, 'input.txt')
const library = join(root, 'record.so')
const seeds = Number(options.seeds)
const firstSeed = Number(options.seed)
let violations = 0

execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, here('record.c'), '-ldl', '-lpthread'])
writeFileSync(input, Array.from({ length: LINES }, (_, n) => `${n}\n`).join(''))
const live = join(root, 'live')
let before: Operation[] = []
let recorded = record(live)
const expected = readOutputs(live)
for (let index = 0; index < seeds; index++) {
  const seed = firstSeed + index
  if (index % SEEDS_PER_RECORDING === SEEDS_PER_RECORDING - 1) recordAgain(seededRandom(seed))
  await crashOnce(seed)
  if ((index + 1) % 100 === 0) console.error(`${index + 1} seeds, ${violations} violations`)
}
rmSync(root, { recursive: true })
console.log(`seeds ${seeds}, violations ${violations}`)
process.exitCode = violations === 0 ? 0 : 1

/** Runs the flow under the recorder. */
function record(dir: string): Operation[] {
  const log = join(root, 'record.log')
  rmSync(log, { force: true })
  mkdirSync(dir, { recursive: true })
  const env = { ...process.env, LD_PRELOAD: library, RECORD_ROOT: dir, RECORD_LOG: log }
  const { status, stderr } = spawnSync(process.execPath, [here('flow.ts'), input, dir], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the recorded run failed: ${stderr}`)
  const forgotten = options['forget-sync']
  return parseRecord(readFileSync(log)).filter(({ kind, path }) => kind !== 'sync' || forgotten === undefined || !path.includes(forgotten))
}

/** Crashes a run and records the one that resumes from it: later seeds crash that one. */
function recordAgain(random: () => number): void {
  const disk = diskAt(recorded, random)
  rmSync(live, { recursive: true })
  mkdirSync(live)
  disk.crash(random, live, live)
  try {
    before = contentsOf(live)
    recorded = record(live)
  } catch (error) {
    violations += 1
    console.error(error instanceof Error ? error.message : error)
    rmSync(live, { recursive: true })
    before = []
    recorded = record(live)
  }
}

async function crashOnce(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const kept = join(tmpdir(), `typewax-powerloss-${seed}`)
  // The files come back where they were: positions are stored by path.
  rmSync(live, { recursive: true })
  mkdirSync(live)
  diskAt(recorded, random).crash(random, live, live)
  cpSync(live, kept, { recursive: true })
  try {
    await runFlow(input, live)
    const got = readOutputs(live)
    for (const [name, text] of expected) if (got.get(name) !== text) throw new Error(`${name} differs`)
    rmSync(kept, { recursive: true })
  } catch (error) {
    violations += 1
    console.error(`seed ${seed}: ${error instanceof Error ? error.message : error}; the disk after the crash is in ${kept}`)
  }
}

/** The disk at a random moment of a recorded run. */
function diskAt(operations: readonly Operation[], random: () => number): Disk {
  const disk = new Disk()
  for (const operation of before) disk.apply(operation)
  const until = Math.floor(random() * (operations.length + 1))
  for (const operation of operations.slice(0, until)) disk.apply(operation)
  return disk
}

/** Operations that make the files of a directory, safely. */
function contentsOf(dir: string): Operation[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return files.flatMap((file): Operation[] => {
    const path = join(file.parentPath, file.name)
    const bytes = new Uint8Array(readFileSync(path))
    return [
      { kind: 'create', path },
      { kind: 'write', path, offset: 0, bytes },
      { kind: 'sync', path },
      { kind: 'sync', path: file.parentPath },
    ]
  })
}

function readOutputs(dir: string): Map<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && !file.parentPath.endsWith('state'))
  return new Map(files.map((file) => [file.name, readFileSync(join(file.parentPath, file.name), 'utf8')]))
}
