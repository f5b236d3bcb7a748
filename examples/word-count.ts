/**
 * Counts the words of a text. `countFinal` makes the stream keyed by word and emits once, at the end of the input; the sink spreads words over two
 * files by key.
 *
 *     typewax run examples/word-count.ts
 */

import { Dataflow } from 'typewax'
import { DirSink, FileSource } from 'typewax/connectors/files'

export const flow = new Dataflow('word-count')

flow
  .input('lines', new FileSource(new URL('data/hamlet.txt', import.meta.url), { mustExist: true }))
  .flatMap('words', (line) => line.toLowerCase().match(/[\p{L}']+/gu) ?? [])
  .countFinal('count', (word) => word)
  .mapValue('format', (count, word) => `${word}\t${count}`)
  .output('out', new DirSink('out', { fileCount: 2, fileName: (index) => `words-${index}.tsv` }))
