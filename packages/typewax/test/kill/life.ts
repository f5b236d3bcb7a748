/** Owns one life of a process of a campaign: starts it, kills it at a moment after its first poll, and says how it ended. */

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Death {
  readonly kind: 'kill' | 'term' | 'end' | 'failed'
  /** Bytes of the log when the last epoch was acknowledged. */
  readonly ackedBytes: number
  /** Epochs that were acknowledged. */
  readonly commits: number
  readonly errors: string
}

/** When a process is to die. */
export interface Fate {
  /** Epochs that are to be committed first; 0: it need not be more than the first poll. */
  readonly afterCommits: number
  /** Time from then on, in milliseconds. */
  readonly afterMs: number
  readonly signal: 'SIGTERM' | 'SIGKILL'
}

/** A random moment; some deaths are SIGTERM, a graceful stop. */
export function randomFate(random: () => number, withinMs: number, withinCommits = 0): Fate {
  return {
    afterMs: random() * withinMs,
    signal: random() < 0.15 ? 'SIGTERM' : 'SIGKILL',
    afterCommits: withinCommits === 0 ? 0 : Math.floor(random() * withinCommits),
  }
}

/** Lets all processes share compiled code, kept in a directory: those that live long enough write it, and all begin in a quarter of the time. */
export function shareCode(dir: string): void {
  process.env.NODE_COMPILE_CACHE = join(dir, 'code')
}

/** Runs a flow once, to its end (`fate` is `undefined`) or until it is killed. It tells by lines on stdout how far it is, see `telling.ts`. */
export async function live(args: readonly string[], fate: Fate | undefined): Promise<Death> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [ackedBytes, commits, errors, outcome, partial] = [0, 0, '', '', '']
  const dieIf = (isTime: boolean): void => {
    if (fate !== undefined && isTime) setTimeout(() => child.kill(fate.signal), fate.afterMs)
  }
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (partial + chunk).split('\n')
    partial = lines.pop() as string
    for (const line of lines) {
      const [word, value, bytes] = line.split(' ')
      if (word === 'polled') dieIf(fate?.afterCommits === 0)
      else if (word === 'committed') {
        ackedBytes = Number(bytes)
        dieIf(++commits === fate?.afterCommits)
      } else if (word === 'end') outcome = value as string
    }
  })
  const signal = await exited(child)
  const known = { ackedBytes, commits, errors }
  if (signal === 'SIGKILL') return { kind: 'kill', ...known }
  if (outcome === '') return { kind: signal === 'SIGTERM' ? 'term' : 'failed', ...known }
  return { kind: outcome === 'finished' ? 'end' : 'term', ...known }
}

async function exited(child: ChildProcess): Promise<string | null> {
  return await new Promise((resolve) => child.on('close', (_code, signal) => resolve(signal)))
}
