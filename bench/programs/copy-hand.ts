/** A file copied line by line as a plain loop. */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { eachLines } from './lines.ts'

const [, , input, out] = process.argv as [string, string, string, string]
const file = openSync(out, 'w')
eachLines(input, (lines) => writeSync(file, `${lines.join('\n')}\n`))
fsyncSync(file)
closeSync(file)
