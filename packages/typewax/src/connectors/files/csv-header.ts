/** Owns finding out the columns of a CSV file, at each start of an execution anew, and where its rows begin. */

import type { Awaitable } from '../../inputs/source.ts'
import { whenReady } from './awaitable.ts'
import type { CsvDialect } from './csv-dialect.ts'
import { CsvRecords, INCOMPLETE, MAX_RECORD_BYTES } from './csv-records.ts'
import { explain } from './explain.ts'
import { MalformedText } from './malformed-text.ts'
import { openBytes } from './open-bytes.ts'
import { TextBlock } from './text-block.ts'
import { TextBlocks } from './text-blocks.ts'
import type { TextFormat } from './text-partition.ts'

export interface CsvHeader {
  readonly columns: readonly string[]
  /** The offset in the file of the first row. */
  readonly end: number
}

const BYTE_ORDER_MARK = '\uFEFF'

/** Reads the first record of the file at `path`: the columns, unless `columns` are given; then there is no header line. A byte order mark is passed over. */
export function readHeader(path: string, format: TextFormat, dialect: CsvDialect, columns: readonly string[] | undefined): Awaitable<CsvHeader> {
  const bytes = openBytes(path, 0, format.compression)
  const blocks = new TextBlocks(bytes, format.encoding, 0, format.chunkBytes)
  const read = (start: TextBlock): Awaitable<CsvHeader> =>
    whenReady(blocks.next(start.byteLength * 2), (block) => {
      const text = new TextBlock(start.text + (block?.text ?? ''), 0, start.byteLength + (block?.byteLength ?? 0))
      return parseHeader(text, block === undefined, dialect, columns) ?? read(text)
    })
  try {
    const header = read(new TextBlock('', 0, 0))
    if (!(header instanceof Promise)) return header
    return header.catch((error: unknown) => explain(error, path, format.compression)).finally(() => bytes.close())
  } catch (error) {
    return explain(error, path, format.compression)
  } finally {
    if (bytes.isSynchronous) bytes.close()
  }
}

/** `undefined`: the text ends within the header. */
function parseHeader(block: TextBlock, isLast: boolean, dialect: CsvDialect, columns: readonly string[] | undefined): CsvHeader | undefined {
  const start = block.text.startsWith(BYTE_ORDER_MARK) ? 1 : 0
  if (columns !== undefined || start === block.text.length) return { columns: columns ?? [], end: block.byteOffsetAt(start) }
  const records = new CsvRecords(dialect)
  records.load(block.text, isLast)
  const end = records.next(start)
  if (end === INCOMPLETE) {
    if (block.byteLength <= MAX_RECORD_BYTES) return undefined
    throw new MalformedText('MALFORMED_CSV', `a quote in the header is not closed within ${MAX_RECORD_BYTES} bytes`, { byteOffset: 0, column: 1 })
  }
  const names = records.fields.slice(0, records.fieldCount)
  // Set as a property it would change the prototype of the row and be lost.
  if (names.includes('__proto__')) throw new MalformedText('MALFORMED_CSV', 'a column cannot be called "__proto__"', { byteOffset: 0, column: 1 })
  return { columns: names, end: block.byteOffsetAt(end) }
}
