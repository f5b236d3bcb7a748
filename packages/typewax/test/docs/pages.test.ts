/** Checks that the documentation is whole: links lead somewhere; operators, options, error codes and entry points are all there, and no others. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { Dataflow, KeyedStream } from 'typewax'
import * as joins from 'typewax/joins'
import * as operators from 'typewax/operators'
import * as windowing from 'typewax/windowing'
import { anchorsOf, codeIn, linksOf, ROOT, readPage, readPages, resolveLink, rowsOf } from './pages.ts'

const PACKAGE = join(ROOT, 'packages/typewax')

test('docs: every link leads to a file and a heading that exist', () => {
  const broken = readPages().flatMap((page) => {
    const links = linksOf(page).filter((link) => !/^[a-z]+:/.test(link))
    return links.filter((link) => !leadsSomewhere(resolveLink(page, link))).map((link) => `${page.path}: ${link}`)
  })
  assert.deepEqual(broken, [])
})

test('docs: the index lists every page', () => {
  const index = readPage('docs/README.md')
  const listed = linksOf(index).map((link) => resolveLink(index, link).path)
  const pages = readPages().filter(({ path }) => path.startsWith('docs/') && path !== index.path)
  assert.deepEqual(
    pages.map(({ path }) => path).filter((path) => !listed.includes(path)),
    [],
  )
})

test('docs: the README of the examples lists each of them, and each can be read on one screen, preparations aside', () => {
  const index = readPage('examples/README.md')
  const examples = globSync('examples/*.ts', { cwd: ROOT })
  assert.deepEqual(
    examples.filter((path) => !linksOf(index).includes(basename(path))),
    [],
  )
  const programs = examples.filter((path) => basename(path) !== 'flights-feed.ts')
  assert.deepEqual(
    programs.filter((path) => readFileSync(join(ROOT, path), 'utf8').split('\n').length > 61),
    [],
    'at most 60 lines',
  )
})

test('docs: operators.md has each operator once, with an example that uses it', () => {
  const rows = rowsOf(readPage('docs/operators.md')).filter(({ given }) => given !== undefined)
  for (const { cells, line } of rows) {
    const [name, meaning, example] = [codeIn(cells[0]!), cells[1]!, codeIn(cells[2]!)]
    assert.ok(name !== undefined && meaning !== '' && example?.includes(`.${name}(`), `line ${line}`)
  }
  // What has no method by its name is an aggregate.
  const exported = Object.keys({ ...operators, ...windowing, ...joins }).filter((name) => name in KeyedStream.prototype)
  const expected = [...exported, 'input', 'through']
  assert.ok('input' in Dataflow.prototype)
  assert.deepEqual(rows.map(({ cells }) => codeIn(cells[0]!)).sort(), expected.sort())
})

test('docs: command-line.md has each option and each variable, and no others', () => {
  const pattern = /(?<![\w-])--[a-z][\w-]+|\bTYPEWAX_[A-Z_]+/g
  const helps = [['run'], ['visualize'], ['recovery'], []].map((command) => helpOf(command))
  const existing = new Set(helps.flatMap((help) => help.match(pattern) ?? []))
  const documented = new Set(readPage('docs/command-line.md').text.match(pattern))
  assert.ok(existing.size > 10, 'options are no longer recognised')
  assert.deepEqual([...documented].sort(), [...existing].sort())
})

test('docs: no page mentions an option that does not exist', () => {
  const existing = new Set(readPage('docs/command-line.md').text.match(/--[a-z][\w-]+/g))
  const others = readPages().flatMap(({ path, text }) => {
    const commands = [...text.matchAll(/\btypewax (?:run|recovery|visualize)\b[^`\n]*/g)].flatMap(
      ([command]) => command.match(/--[a-z][\w-]+/g) ?? [],
    )
    return commands.filter((option) => !existing.has(option)).map((option) => `${path}: ${option}`)
  })
  assert.deepEqual(others, [])
})

test('docs: errors.md explains each error code, and no others', () => {
  const source = readFileSync(join(PACKAGE, 'src/errors.ts'), 'utf8')
  const unions = [...source.matchAll(/^export type \w+ErrorCode =([\s\S]*?)(?=\n\n)/gm)].map((match) => match[1]!).join()
  const codes = unions.match(/(?<=')[A-Z_]+(?=')/g) ?? []
  assert.ok(codes.length > 40, 'codes are no longer recognised')
  const rows = rowsOf(readPage('docs/errors.md'))
  assert.deepEqual(rows.map(({ cells }) => codeIn(cells[0]!)).sort(), codes.sort())
  for (const { cells, line } of rows) assert.ok(cells.length === 3 && cells.every((cell) => cell !== ''), `line ${line}: meaning and remedy`)
})

test('docs: imports of the package name entry points that exist', () => {
  const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  const used = readPages().flatMap(({ text }) => [...text.matchAll(/['`](typewax(?:\/[a-z/]+)?)['`]/g)].map((match) => match[1]!))
  const unknown = [...new Set(used)].filter((name) => !(name.replace('typewax', '.') in manifest.exports))
  assert.deepEqual(unknown, [])
})

function leadsSomewhere({ path, anchor }: { readonly path: string; readonly anchor: string | undefined }): boolean {
  if (!existsSync(join(ROOT, path))) return false
  return anchor === undefined || anchorsOf(readPage(path)).includes(anchor)
}

function helpOf(command: readonly string[]): string {
  const { stdout, status, stderr } = spawnSync(process.execPath, [join(PACKAGE, 'bin/typewax.js'), ...command, '--help'], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout
}
