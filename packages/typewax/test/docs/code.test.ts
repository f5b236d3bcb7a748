/**
 * Checks the code of the documentation. Every `ts` block and every example in the table of operators compiles, all as one program; blocks that are
 * whole programs run and print what their comments say; the commands of pages that begin with `<!-- walkthrough -->` do what the page shows.
 */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Block, blocksOf, codeIn, type Row, readPage, readPages, rowsOf } from './pages.ts'
import { makeWorkspace, runFile, runShell, typeCheck } from './workspace.ts'

const blocks: readonly Block[] = readPages().flatMap(blocksOf)
const code: readonly Block[] = blocks.filter(({ language }) => language === 'ts')
const programs: readonly Block[] = code.filter((block) => block.given === undefined && /await run(Workers)?\(/.test(block.code))

test('docs: every block of code and every example of an operator compiles', (t) => {
  const dir = makeWorkspace(t)
  for (const block of code) writeFileSync(join(dir, fileName(block)), `${block.given ?? ''}${block.code}\nexport {}\n`)
  const examples = rowsOf(readPage('docs/operators.md')).filter(({ given }) => given !== undefined)
  for (const row of examples) writeFileSync(join(dir, fileName(row)), `${row.given}\n${codeIn(row.cells[2]!)}\n`)
  assert.ok(code.length >= 10 && examples.length >= 30, 'blocks and examples are no longer found')
  assert.equal(typeCheck(dir), '')
})

for (const program of programs) {
  test(`docs: the program in ${program.page}, line ${program.line}, prints what it says`, (t) => {
    const dir = makeWorkspace(t)
    writeFileSync(join(dir, 'program.ts'), program.code)
    const { status, stdout, stderr } = runFile(dir, 'program.ts')
    assert.equal(status, 0, stderr)
    const expected = [...program.code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1]!)
    assert.equal(withoutSpace(stdout), withoutSpace(expected.join('\n')))
  })
}

for (const page of readPages().filter(({ text }) => text.includes('<!-- walkthrough -->'))) {
  test(`docs: the commands in ${page.path} print what it shows`, (t) => {
    const dir = makeWorkspace(t)
    let printed = ''
    for (const block of blocksOf(page)) {
      if (block.language === 'ts' && nameIn(block.code) !== undefined) writeFileSync(join(dir, fileName(block)), block.code)
      if (block.language === 'sh' && !block.code.startsWith('npm ')) printed = runShellBlock(dir, block)
      if (block.language === 'text') assertShows(printed, block)
    }
  })
}

test('docs: the tsconfig.json of getting-started checks the flow of the page, and finds a wrong type', (t) => {
  const dir = makeWorkspace(t)
  const blocks = blocksOf(readPage('docs/getting-started.md'))
  writeFileSync(join(dir, 'tsconfig.json'), blocks.find(({ language }) => language === 'json')!.code)
  const flow = blocks.find(({ code }) => nameIn(code) !== undefined)!.code
  writeFileSync(join(dir, 'flow.ts'), flow)
  assert.equal(typeCheck(dir), '')
  writeFileSync(join(dir, 'flow.ts'), flow.replace('order.customer)', 'order.amount)'))
  assert.match(typeCheck(dir), /^flow\.ts\(.* error TS2\d+: Type 'number' is not assignable to type 'string'/)
})

test('docs: there is code to run', () => {
  assert.ok(programs.length >= 2)
})

/** The name in the first line of a block, else one that says where it is. */
function fileName({ page, line, ...rest }: Block | Row): string {
  const given = 'code' in rest ? nameIn(rest.code) : undefined
  return given ?? `${page.replace('.md', '').replaceAll('/', '-')}-line-${line}.ts`
}

function nameIn(code: string): string | undefined {
  return /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1]
}

function runShellBlock(dir: string, block: Block): string {
  const { status, stdout } = runShell(dir, block.code)
  assert.equal(status, 0, `${block.page}, line ${block.line}: ${stdout}`)
  return stdout
}

/** Checks that what is shown was printed, in that order; `…` stands for anything. */
function assertShows(printed: string, { page, line, code }: Block): void {
  const parts = code.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  assert.match(printed.trimEnd(), new RegExp(parts.join('[^\\n]*').trimEnd()), `${page}, line ${line}`)
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '')
}
