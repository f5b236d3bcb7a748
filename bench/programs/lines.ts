/** Owns reading lines by hand, the fast way: large chunks, cut at the last newline, decoded once. */

import { closeSync, openSync, readSync } from 'node:fs'

export function eachLines(path: string, use: (lines: string[]) => void): void {
  const file = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(256 * 1024)
  let kept = 0
  for (;;) {
    const count = readSync(file, buffer, kept, buffer.length - kept, null)
    if (count === 0) break
    const end = kept + count
    const cut = buffer.lastIndexOf(10, end - 1)
    if (cut < 0) throw new Error('a line is longer than the buffer')
    use(buffer.toString('utf8', 0, cut).split('\n'))
    buffer.copy(buffer, 0, cut + 1, end)
    kept = end - cut - 1
  }
  if (kept > 0) use([buffer.toString('utf8', 0, kept)])
  closeSync(file)
}
