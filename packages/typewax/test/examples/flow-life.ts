/** Owns one life of an example flow: a process that runs to its end, or that is killed on the way. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { type Ended, ended, startFlow } from './example-process.ts'

export interface Life extends Ended {
  /** From the first sign of life on: the moment at which the flow opened its store. */
  readonly durationMs: number
  readonly wasKilled: boolean
}

/** Runs a flow with a store in `state/` until it ends, or kills it `killAfterMs` after it began. Any other end than these two fails. */
export async function live(name: string, cwd: string, args: readonly string[], killAfterMs?: number): Promise<Life> {
  // The first thing a flow does is to open its store.
  mkdirSync(join(cwd, 'state'), { recursive: true })
  const watcher = watch(join(cwd, 'state'))
  const child = startFlow(name, cwd, args)
  const end = ended(child)
  await Promise.race([once(watcher, 'change'), end])
  const startMs = performance.now()
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const result = await end
  clearTimeout(timer)
  watcher.close()
  assert.ok(result.code === 0 || (result.code === null && killAfterMs !== undefined), result.err)
  return { ...result, durationMs: performance.now() - startMs, wasKilled: result.code === null }
}
