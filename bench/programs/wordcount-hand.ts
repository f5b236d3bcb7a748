/** Word count as a plain loop. */

import { writeFileSync } from 'node:fs'
import { eachLines } from './lines.ts'

const [, , input, out] = process.argv as [string, string, string, string]
const counts = new Map<string, number>()
eachLines(input, (lines) => {
  for (const line of lines) {
    for (const word of line.toLowerCase().match(/[\p{L}']+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
})
writeFileSync(out, [...counts].map(([word, count]) => `${word}\t${count}\n`).join(''))
