/** Proves that a Node that is too old is refused by the command line, with the version that is needed. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../bin/typewax.js', import.meta.url))

/** The first Node on the path, outside of packages, that is older than 22.18. */
function oldNode(): { readonly path: string; readonly version: string } | undefined {
  const dirs = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes('node_modules'))
  for (const path of dirs.map((dir) => join(dir, 'node')).filter((each) => existsSync(each))) {
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim().replace('v', '')
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major > 0 && (major < 22 || (major === 22 && minor < 18))) return { path, version }
  }
  return undefined
}

const old = oldNode()

test('bad Node: too old', { skip: old === undefined ? 'there is no Node older than 22.18 on the path' : false }, () => {
  const { path, version } = old as { path: string; version: string }
  const { status, stdout, stderr } = spawnSync(path, [PROGRAM, 'run', 'flow.ts'], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, new RegExp(`^error NODE_TOO_OLD: typewax needs Node 22\\.18 or newer; this is Node ${version.replaceAll('.', '\\.')} \\(`))
  assert.match(stderr, /Install a newer one \(https:\/\/nodejs\.org\) or switch to it with your version manager/)
})
