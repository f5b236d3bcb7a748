/** Owns the shape of the recorded cases, as `README.md` describes them, and reading them from a folder. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const FAMILIES = ['stateless', 'keyed', 'join', 'window', 'join_window', 'recovery', 'io', 'errors', 'differs'] as const
export type Family = (typeof FAMILIES)[number]

export interface GoldenCase {
  readonly id: string
  readonly title?: string
  readonly flow: { readonly id: string; readonly steps: readonly StepSpec[] }
  readonly inputs: Readonly<Record<string, InputSpec>>
  readonly run?: RunSpec
  readonly compare?: Readonly<Record<string, { readonly one: Rule; readonly many: Rule | 'skip' }>>
  readonly expected: Expected
  /** The outcome follows from Python: a typed engine decides for itself. */
  readonly python?: boolean
  /** The row of the table of deliberate differences that the case hits. */
  readonly differs?: string
  readonly designed?: Expected
}

export type Rule = 'ordered' | 'sweep' | 'perKey' | 'multiset'

/** A call of an operator; which parameters there are depends on `op`. */
export interface StepSpec {
  readonly op: string
  readonly id: string
  readonly up?: string
  readonly ups?: readonly string[]
  /** Of an `input` that belongs to a second flow: its id. */
  readonly flow?: string
  readonly source?: SourceSpec | string
  readonly sink?: SinkSpec | string
  /** Name in the vocabulary. */
  readonly fn?: string
  readonly logic?: string
  readonly by?: string
  readonly getter?: string
  readonly what?: string
  readonly ttlMs?: DurationMs
  readonly timeoutMs?: DurationMs
  readonly maxSize?: number
  readonly insertMode?: string
  readonly emitMode?: string
  readonly clock?: ClockSpec
  readonly windower?: WindowerSpec
  readonly ordered?: boolean
  readonly into?: string
}

export type ClockSpec =
  | { readonly type: 'system' }
  | { readonly type: 'event'; readonly ts: string; readonly waitMs: DurationMs; readonly now: 'any' | 'frozen' | 'test' }

export type WindowerSpec =
  | { readonly type: 'tumbling'; readonly lengthMs: number; readonly alignToMs: number }
  | { readonly type: 'sliding'; readonly lengthMs: number; readonly offsetMs: number; readonly alignToMs: number }
  | { readonly type: 'session'; readonly gapMs: number }

export type DurationMs = number | 'max'

export type SourceSpec =
  | { readonly type: 'testing' | 'parts'; readonly name: string; readonly batchSize?: number }
  | { readonly type: 'file' | 'csv'; readonly path: string; readonly batchSize?: number; readonly format?: CsvFormat }
  | { readonly type: 'dir'; readonly path: string; readonly batchSize?: number; readonly glob?: string }
  | { readonly type: 'throwing'; readonly where: string }

/** Options of Python's reader of CSV. */
export interface CsvFormat {
  readonly delimiter?: string
  readonly quotechar?: string
  readonly skipinitialspace?: boolean
  readonly escapechar?: string
  readonly doublequote?: boolean
}

export type SinkSpec =
  | { readonly type: 'testing' | 'throwing' }
  | { readonly type: 'parts'; readonly parts: readonly string[]; readonly partFn?: string; readonly throws?: string }
  | { readonly type: 'file'; readonly path: string; readonly end?: string }
  | { readonly type: 'dir'; readonly path: string; readonly count: number; readonly end?: string; readonly assign?: string }

export type InputSpec =
  | { readonly kind: 'plain' | 'keyed' | 'keyed_pairs'; readonly items: readonly unknown[] }
  | { readonly kind: 'parts'; readonly parts: Readonly<Record<string, readonly unknown[]>> }
  | { readonly kind: 'files'; readonly files: Readonly<Record<string, string>> }

export interface RunSpec {
  readonly epochIntervalMs?: number
  readonly badEpochInterval?: boolean
  readonly makeDirs?: readonly string[]
  readonly recovery?: RecoverySpec
  readonly executions?: readonly { readonly workers: number; readonly appendFiles?: Readonly<Record<string, string>> }[]
}

export interface RecoverySpec {
  readonly parts?: number
  readonly dir?: 'missing'
  readonly deleteParts?: readonly number[]
  readonly initTwice?: boolean
}

export interface Expected extends Observed {
  readonly raises?: boolean
  readonly when?: 'build' | 'run'
  readonly mentions?: readonly string[]
  readonly executions?: readonly ({ readonly end: End } & Observed)[]
  /** Contents of a directory sink in the order of its files, whatever their names. */
  readonly filesByIndex?: readonly string[]
}

export type End = 'eof' | 'abort' | 'error'

/** What an execution left behind. */
export interface Observed {
  readonly outputs?: Readonly<Record<string, readonly unknown[]>>
  readonly parts?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>
  readonly files?: Readonly<Record<string, string>>
  readonly inspected?: Readonly<Record<string, readonly unknown[]>>
}

/** Reads the cases of a family; none if the folder has no such file. */
export function readCases(folder: string, family: Family): readonly GoldenCase[] {
  const path = join(folder, `${family}.json`)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).cases : []
}
