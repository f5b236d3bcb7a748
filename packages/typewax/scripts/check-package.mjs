/** Packs the package as it would be published and lets publint and attw look at the tarball. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'typewax-pack-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

run('npm', ['pack', '--silent', '--pack-destination', folder])
const tarball = join(folder, `typewax-${process.env.npm_package_version}.tgz`)
run('publint', ['--strict', tarball])
run('attw', [tarball, '--profile', 'esm-only'])

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
