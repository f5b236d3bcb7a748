/** A file copied line by line as a flow. */

import { Dataflow, run } from 'typewax'
import { FileSink, FileSource } from 'typewax/connectors/files'

const [, , input, out] = process.argv as [string, string, string, string]
const flow = new Dataflow('copy')
flow
  .input('lines', new FileSource(input))
  .keyOn('all', () => 'all')
  .output('out', new FileSink(out))
await run(flow)
