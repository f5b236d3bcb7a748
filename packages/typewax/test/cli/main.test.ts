/** Checks the real process: exit codes, streams, signals, the version of Node. */

import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/typewax.js', import.meta.url))
const FLOWS = fileURLToPath(new URL('fixtures/flows.ts', import.meta.url))

function start(args: readonly string[], node: string = process.execPath): ChildProcess {
  return spawn(node, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function end(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  return { code, out, err }
}

/** Starts a flow that prints `ready`, waits for it and gives the rest of its life. */
async function startReady(flow: string): Promise<{ child: ChildProcess; ended: ReturnType<typeof end> }> {
  const child = start(['run', `${FLOWS}:${flow}`])
  const ended = end(child)
  await Promise.race([once(child.stdout!, 'data'), ended.then(({ err }) => assert.fail(`ended before it was ready: ${err}`))])
  return { child, ended }
}

test('process: writes items to stdout and all else to stderr', async () => {
  const { code, out, err } = await end(start(['run', FLOWS]))
  assert.equal(out, '2\n4\n6\n')
  assert.match(err, /^finished: 3 items in .*\n$/)
  assert.equal(code, 0)
})

test('process: ends with 1 when the flow fails, with 2 when it is called wrongly', async () => {
  assert.equal((await end(start(['run', `${FLOWS}:failing`]))).code, 1)
  assert.equal((await end(start(['run']))).code, 2)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`process: stops gracefully with 0 at ${signal}`, async () => {
    const { child, ended } = await startReady('endless')
    child.kill(signal)
    const { code, err } = await ended
    assert.equal(code, 0)
    assert.match(err, new RegExp(`^${signal}: finishing the epoch; once more to cut off\nstopped: 1 item in `))
  })
}

test('process: is cut off with 130 at the second SIGINT', async () => {
  const { child, ended } = await startReady('stuck')
  child.kill('SIGINT')
  await once(child.stderr!, 'data')
  child.kill('SIGINT')
  const { code, err } = await ended
  assert.equal(code, 130)
  assert.match(err, /cut off: second SIGINT\n$/)
})

test('process: ends quietly when its reader leaves', async () => {
  const child = start(['visualize', FLOWS, '-f', 'json'])
  child.stdout!.destroy()
  const [err] = await Promise.all([text(child.stderr!), once(child, 'close')])
  assert.equal(err, '')
})

const oldNode = findOldNode()

test('process: says which Node it needs when started by an old one', { skip: oldNode === undefined && 'no old Node on this machine' }, async () => {
  const { code, out, err } = await end(start(['run', FLOWS], oldNode))
  assert.equal(code, 1)
  assert.equal(out, '')
  assert.match(err, /^error NODE_TOO_OLD: typewax needs Node 22\.18 or newer; this is Node \d+\.\d+\.\d+ \(.*\)\.\nInstall a newer one/)
})

function findOldNode(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find(isOld)
}

function isOld(node: string): boolean {
  try {
    const [major, minor] = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .slice(1)
      .split('.')
      .map(Number)
    return major! < 22 || (major === 22 && minor! < 18)
  } catch {
    return false
  }
}
