/** Owns a directory outside of the repository in which the code of the documentation finds the package as it would in a project of a user. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { ROOT } from './pages.ts'

const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Makes the directory, with the data of the examples in `data/`. It goes away with the test. */
export function makeWorkspace(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'typewax-docs-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'), 'junction')
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }))
  cpSync(join(ROOT, 'examples/data'), join(dir, 'data'), { recursive: true })
  mkdirSync(join(dir, 'out'))
  return dir
}

/** Type-checks all files of a workspace as one program. Gives what the compiler has to say. */
export function typeCheck(dir: string): string {
  const { stdout, error } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', dir, '--pretty', 'false'], {
    cwd: dir,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return stdout
}

export function runFile(dir: string, file: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [file], { cwd: dir, encoding: 'utf8', env: environment() })
}

/** Runs a shell script in which `npx typewax` is this repository's. */
export function runShell(dir: string, script: string): SpawnSyncReturns<string> {
  const bin = join(ROOT, 'packages/typewax/bin/typewax.js')
  const prelude = `node() { "${process.execPath}" "$@"; }\nnpx() { shift; node "${bin}" "$@"; }\nexec 2>&1\n`
  return spawnSync('sh', ['-e', '-c', prelude + script], { cwd: dir, encoding: 'utf8', env: environment() })
}

function environment(): NodeJS.ProcessEnv {
  // Else `node --test` believes that it is part of this test.
  return { ...process.env, NO_COLOR: '1', NODE_DISABLE_COLORS: '1', NODE_TEST_CONTEXT: undefined }
}
