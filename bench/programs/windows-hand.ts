/**
 * Windows of 10,000 users as plain loops, `tumble`, `slide` or `session`: the watermark of a user is the latest time minus ten seconds, what is below it
 * is left out, and a window that it has passed is written as a line.
 */

import { closeSync, openSync, writeSync } from 'node:fs'
import { eachLines } from './lines.ts'

const [, , input, out, kind] = process.argv as [string, string, string, string, 'tumble' | 'slide' | 'session']
const WAIT = 10_000
const LENGTH = 60_000
const OFFSET = 15_000
const GAP = 30_000

interface Row {
  readonly ts: number
  readonly user: string
  readonly amount: number
}

interface User {
  latest: number
  readonly windows: Map<number, number>
  sessions: { from: number; until: number; count: number }[]
}

const file = openSync(out, 'w')
let gathered: string[] = []
const users = new Map<string, User>()

const take = { tumble, slide, session }[kind]
eachLines(input, (lines) => {
  for (const line of lines) {
    const row = JSON.parse(line) as Row
    let user = users.get(row.user)
    if (user === undefined) {
      user = { latest: Number.NEGATIVE_INFINITY, windows: new Map(), sessions: [] }
      users.set(row.user, user)
    }
    if (row.ts > user.latest) user.latest = row.ts
    if (row.ts >= user.latest - WAIT) take(row, user, user.latest - WAIT)
  }
  if (gathered.length > 4_096) flush()
})
for (const [name, { windows, sessions }] of users) {
  for (const [id, result] of windows) gathered.push(`${name},${id},${result}`)
  for (const { count } of sessions) gathered.push(`${name},${count}`)
}
flush()
closeSync(file)

function tumble(row: Row, user: User, watermark: number): void {
  const id = Math.floor(row.ts / LENGTH)
  user.windows.set(id, (user.windows.get(id) ?? 0) + 1)
  close(row.user, user, LENGTH, watermark)
}

function slide(row: Row, user: User, watermark: number): void {
  const cents = Math.round(row.amount * 100)
  const last = Math.floor(row.ts / OFFSET)
  for (let id = Math.floor((row.ts - LENGTH) / OFFSET) + 1; id <= last; id++) user.windows.set(id, (user.windows.get(id) ?? 0) + cents)
  close(row.user, user, OFFSET, watermark)
}

function close(name: string, { windows }: User, offset: number, watermark: number): void {
  for (const [id, result] of windows) {
    if (id * offset + LENGTH > watermark) continue
    gathered.push(`${name},${id},${result}`)
    windows.delete(id)
  }
}

function session(row: Row, user: User, watermark: number): void {
  const own = { from: row.ts, until: row.ts, count: 1 }
  const open: User['sessions'] = []
  for (const each of user.sessions) {
    if (each.from - row.ts <= GAP && row.ts - each.until <= GAP) {
      own.from = Math.min(own.from, each.from)
      own.until = Math.max(own.until, each.until)
      own.count += each.count
    } else if (each.until < watermark - GAP) gathered.push(`${row.user},${each.count}`)
    else open.push(each)
  }
  open.push(own)
  user.sessions = open
}

function flush(): void {
  if (gathered.length > 0) writeSync(file, `${gathered.join('\n')}\n`)
  gathered = []
}
