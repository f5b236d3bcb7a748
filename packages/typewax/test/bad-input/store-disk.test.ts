/** Proves that a recovery store that is taken, or that the disk does not take, is refused with the reason; and that the run ends at once. */

import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { type Bench, testAll } from './bench.ts'
import { count } from './count.ts'
import { NO_TMPFS, tmpfs } from './tmpfs.ts'

const PROGRAM = `
import { SqliteRecoveryStore } from ${JSON.stringify(new URL('../../src/recovery/index.ts', import.meta.url).href)}
await new SqliteRecoveryStore(process.argv[1]).open({ flowId: 'flow', backupIntervalMs: 0 })
console.log('open')
setInterval(() => {}, 1_000)
`

/** Holds the store open in another process; gives its number. */
async function holdElsewhere(bench: Bench, dir: string): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  bench.after(() => child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`the other process ended with ${code}`)))
  })
  return child.pid as number
}

let otherPid = 0

testAll('bad store', [
  {
    title: 'in use by another process',
    act: async (bench) => {
      const dir = bench.dir()
      otherPid = await holdElsewhere(bench, dir)
      await count(dir).catch((error: Error) => {
        error.message = error.message.replace(`process ${otherPid}`, 'process PID')
        throw error
      })
    },
    code: 'STORE_IN_USE',
    domain: 'external',
    message: /is in use by process PID; wait until it has ended or stop it; a store belongs to one run at a time$/,
  },
  {
    title: 'in use by another run in this process',
    act: async (bench) => {
      const dir = bench.dir()
      const session = await new SqliteRecoveryStore(dir).open({ flowId: 'flow', backupIntervalMs: 0 })
      try {
        await count(dir)
      } finally {
        await session.close()
      }
    },
    code: 'STORE_IN_USE',
    domain: 'external',
    message: /is in use by another run in this process \(\d+\); wait until it has ended or stop it; a store belongs to one run at a time$/,
  },
  {
    title: 'a file in place of its directory',
    act: async (bench) => {
      const path = join(bench.dir(), 'file')
      writeFileSync(path, '')
      await count(path)
    },
    code: 'STORE_UNWRITABLE',
    domain: 'external',
    message:
      /^the recovery store can't be used: ".*file": .*; check that the directory exists, is writable and is on a healthy local disk, then run again$/,
  },
  {
    title: 'on a disk that is full, while it is written',
    skip: NO_TMPFS,
    act: async (bench) => await count(join(tmpfs(bench, 'size=256k'), 'state'), { keyCount: 2_000 }),
    code: 'STORE_UNWRITABLE',
    domain: 'external',
    message: /; make room on the disk, then run again$/,
  },
  {
    title: 'on a disk that is full from the start',
    skip: NO_TMPFS,
    act: async (bench) => {
      const dir = tmpfs(bench, 'size=64k')
      try {
        writeFileSync(join(dir, 'ballast'), new Uint8Array(1024 * 1024))
      } catch {
        // As much as fits.
      }
      await count(join(dir, 'state'))
    },
    code: 'STORE_UNWRITABLE',
    domain: 'external',
    message: /; make room on the disk, then run again$/,
  },
  {
    title: 'on a disk that can only be read',
    skip: NO_TMPFS,
    act: async (bench) => {
      const dir = tmpfs(bench, 'size=4m')
      await count(dir)
      spawnSync('mount', ['-o', 'remount,ro', dir])
      await count(dir)
    },
    code: 'STORE_UNWRITABLE',
    domain: 'external',
    message: /; check that the directory exists, is writable and is on a healthy local disk, then run again$/,
  },
])
