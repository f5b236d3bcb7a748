/** Word count as a flow. */

import { Dataflow, run } from 'typewax'
import { FileSink, FileSource } from 'typewax/connectors/files'

const [, , input, out] = process.argv as [string, string, string, string]
const flow = new Dataflow('wordcount')
flow
  .input('lines', new FileSource(input))
  .flatMap('words', (line) => line.toLowerCase().match(/[\p{L}']+/gu) ?? [])
  .countFinal('count', (word) => word)
  .mapValue('format', (count, word) => `${word}\t${count}`)
  .output('out', new FileSink(out))
await run(flow)
