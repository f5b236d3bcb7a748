/** Entry point `typewax/connectors/files`: sources and sinks of files. */

export type { CsvDialectOptions } from './csv-dialect.ts'
export { type CsvRow, CsvSource, type CsvSourceOptions } from './csv-source.ts'
export { DirSink, type DirSinkOptions } from './dir-sink.ts'
export { DirSource, type DirSourceOptions } from './dir-source.ts'
export type { FileSetOptions, PathOptions } from './file-set.ts'
export { FileSink, type FileSinkOptions } from './file-sink.ts'
export { FileSource, type FileSourceOptions } from './file-source.ts'
export { JsonLinesSource, type JsonLinesSourceOptions } from './json-lines-source.ts'
export type { Compression } from './open-bytes.ts'
export { ParquetSource, type ParquetSourceOptions } from './parquet-source.ts'
export type { Encoding } from './text-blocks.ts'
export type { TextOptions } from './text-source.ts'
