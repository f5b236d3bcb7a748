/** Entry point `typewax/connectors/files`: sources and sinks of files. */

export { DirSink, type DirSinkOptions } from './dir-sink.ts'
export { DirSource, type DirSourceOptions } from './dir-source.ts'
export { FileSink, type FileSinkOptions } from './file-sink.ts'
export { FileSource, type FileSourceOptions } from './file-source.ts'
export { ParquetSource, type ParquetSourceOptions } from './parquet-source.ts'
