/** Owns running the files of `examples/` as their readers do: a process of its own, in an empty working directory. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/typewax.js', import.meta.url))
const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url))
const DATA = fileURLToPath(new URL('../../../../node_modules/vega-datasets/data/', import.meta.url))

export interface Ended {
  /** `null` if a signal ended it. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Makes an empty directory that goes away with the test. */
export function workingDirectory(context: TestContext): string {
  const cwd = mkdtempSync(join(tmpdir(), 'typewax-example-'))
  context.after(() => rmSync(cwd, { recursive: true, force: true }))
  return cwd
}

/** Starts `typewax run examples/<name>`. */
export function startFlow(name: string, cwd: string, args: readonly string[] = []): ChildProcess {
  return start([BIN, 'run', join(EXAMPLES, name), ...args], cwd)
}

/** Starts `node examples/<name>`. */
export function startProgram(name: string, cwd: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return start([join(EXAMPLES, name)], cwd, env)
}

/** Waits until a process has ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  return { code, out, err }
}

/** The path of a file that an example reads. */
export function dataFile(name: string): string {
  return join(DATA, name)
}

/** A file that an example reads, as text. */
export function readData(name: string): string {
  return readFileSync(dataFile(name), 'utf8')
}

/** A file that lies beside the examples, as text. */
export function readExample(name: string): string {
  return readFileSync(join(EXAMPLES, name), 'utf8')
}

/** The lines of a text, without their ends. */
export function linesOf(content: string): string[] {
  return content.split('\n').filter((line) => line !== '')
}

function start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}
