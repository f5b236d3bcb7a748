/** Owns small file systems of a case's own, which fill up and can be made read-only. Only root can make them. */

import { spawnSync } from 'node:child_process'
import type { Bench } from './bench.ts'

/** Why there can be none here; `undefined` if there can. */
export const NO_TMPFS: string | undefined = whyNot()

/** Mounts a file system in memory for the time of a case; gives its directory. */
export function tmpfs(bench: Bench, options: string): string {
  const dir = bench.dir()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', dir], { encoding: 'utf8' })
  if (mounted.status !== 0) throw new Error(`no tmpfs: ${mounted.stderr}`)
  bench.after(() => spawnSync('umount', ['-l', dir]))
  return dir
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'needs tmpfs, which only Linux has'
  return process.getuid?.() === 0 ? undefined : 'needs root, to mount a small tmpfs'
}
