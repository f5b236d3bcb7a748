/** Running mean per user as a plain loop; the sum of all means is the result. */

import { writeFileSync } from 'node:fs'
import { eachLines } from './lines.ts'

const [, , input, out] = process.argv as [string, string, string, string]
const users = new Map<string, { count: number; total: number }>()
let [rows, sum] = [0, 0]
eachLines(input, (lines) => {
  for (const line of lines) {
    const { user, amount } = JSON.parse(line) as { user: string; amount: number }
    let state = users.get(user)
    if (state === undefined) {
      state = { count: 0, total: 0 }
      users.set(user, state)
    }
    state.count += 1
    state.total += amount
    rows += 1
    sum += Math.trunc((state.total / state.count) * 1000)
  }
})
writeFileSync(out, `${rows} ${sum}\n`)
