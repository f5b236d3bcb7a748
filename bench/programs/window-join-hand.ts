/** Two files side by side in windows of a minute as a plain loop: of each user and window the last value of each side by time. */

import { closeSync, openSync, readSync, writeSync } from 'node:fs'

const [, , inputs, out] = process.argv as [string, string, string, string]
const WAIT = 10_000
const LENGTH = 60_000
/** The files are read in turn, so that neither is far ahead. */
const CHUNK = 32 * 1024

interface Pair {
  readonly times: [number, number]
  readonly values: [number | string, number | string]
}

const users = new Map<string, { latest: number; windows: Map<number, Pair> }>()
const file = openSync(out, 'w')
let gathered: string[] = []

const readers = inputs.split(',').map((path, side) => reader(path, side as 0 | 1))
for (let open = readers; open.length > 0; ) {
  open = open.filter((read) => read())
  if (gathered.length > 4_096) flush()
}
for (const [name, { windows }] of users) for (const [id, pair] of windows) write(name, id, pair)
flush()
closeSync(file)

function take(line: string, side: 0 | 1): void {
  const { ts, user: name, v } = JSON.parse(line) as { ts: number; user: string; v: number }
  let user = users.get(name)
  if (user === undefined) {
    user = { latest: Number.NEGATIVE_INFINITY, windows: new Map() }
    users.set(name, user)
  }
  if (ts > user.latest) user.latest = ts
  const watermark = user.latest - WAIT
  if (ts < watermark) return
  const id = Math.floor(ts / LENGTH)
  let pair = user.windows.get(id)
  if (pair === undefined) {
    pair = { times: [-1, -1], values: ['', ''] }
    user.windows.set(id, pair)
  }
  if (ts >= pair.times[side]) {
    pair.times[side] = ts
    pair.values[side] = v
  }
  for (const [each, open] of user.windows) {
    if ((each + 1) * LENGTH > watermark) continue
    write(name, each, open)
    user.windows.delete(each)
  }
}

function write(name: string, id: number, { values }: Pair): void {
  gathered.push(`${name},${id},${values[0]},${values[1]}`)
}

function reader(path: string, side: 0 | 1): () => boolean {
  const source = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(CHUNK)
  let rest = ''
  return () => {
    const count = readSync(source, buffer, 0, CHUNK, null)
    const lines = (rest + buffer.toString('latin1', 0, count)).split('\n')
    rest = count === 0 ? '' : (lines.pop() as string)
    for (const line of lines) if (line !== '') take(line, side)
    if (count === 0) closeSync(source)
    return count > 0
  }
}

function flush(): void {
  if (gathered.length > 0) writeSync(file, `${gathered.join('\n')}\n`)
  gathered = []
}
