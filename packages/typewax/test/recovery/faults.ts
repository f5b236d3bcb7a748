/** Owns faults in a store: transactions that fail as if the power had gone before them, and copies of files. Inside SQLite, no mocks. */

import { cpSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { partPath } from '../../src/recovery/sqlite/store-directory.ts'

/** Lets every transaction that inserts into a table of a file fail, until `heal`. `executions` is written by `begin`, `commits` by `write`. */
export function failInserts(dir: string, index: number, table: 'executions' | 'commits'): void {
  execute(dir, index, `CREATE TRIGGER fault BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'power cut'); END`)
}

export function heal(dir: string, index: number): void {
  execute(dir, index, 'DROP TRIGGER IF EXISTS fault')
}

/** Copies a file of a store that is not open: closing the copied file would take SQLite's locks from an open one. */
export function copyPart(dir: string, index: number, target: string): void {
  cpSync(partPath(dir, index), target)
}

function execute(dir: string, index: number, sql: string): void {
  const database = new DatabaseSync(partPath(dir, index))
  database.exec(sql)
  database.close()
}
