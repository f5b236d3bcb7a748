/** Owns the entry point `typewax/recovery`: the contract of recovery stores, the built-in ones, and tools for stores on disk. */

export { DISCARD_ENTRY, decodeChunk, type EntryColumns, encodeChunk, UPSERT, verifyChunk } from './codec.ts'
export { MemoryRecoveryStore } from './memory-store.ts'
export type { LiveEntry } from './newest.ts'
export { checkPlainData, type PlainDataProblem } from './plain-data.ts'
export { type BackupReport, backupRecovery } from './sqlite/backup.ts'
export { type CommitReport, type InspectStepOptions, inspectRecovery, inspectStep, type StepReport, type StoreReport } from './sqlite/inspect.ts'
export { SqliteRecoveryStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts'
export { initRecovery } from './sqlite/store-directory.ts'
export type { EpochWrite, OpenRequest, RecoverySession, RecoveryStore, ResumePoint, SnapshotChunk, StoredChunk } from './store.ts'
