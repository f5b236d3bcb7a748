/** Owns the verdict on a case: which rule of comparing applies to what it left behind, and whether an error is the one that was due. */

import { isTypewaxError, type TypewaxError } from '../../src/index.ts'
import type { End, Expected, GoldenCase, Observed, StepSpec } from './cases.ts'
import { canonical, compareArrivals, compareItems, compareValues, type Difference } from './compare.ts'

/** What a replay came to. */
export interface Outcome {
  readonly error?: { readonly when: 'build' | 'run'; readonly thrown: unknown }
  /** One for each execution that was begun. */
  readonly executions: readonly Seen[]
}

/** What was seen of one execution. */
export interface Seen extends Observed {
  readonly end: End
  readonly files: Readonly<Record<string, string>>
  /** Number of items that each output had when input ended; absent if it did not. */
  readonly lengthsAtEnd: Readonly<Record<string, number>>
}

/** @param isSpread Whether it ran on several workers, though the record is of one. */
export function judge(golden: GoldenCase, expected: Expected, outcome: Outcome, isSpread: boolean): Difference {
  if (expected.raises === true) return judgeError(expected, outcome)
  const { error, executions } = outcome
  if (error !== undefined && expected.executions === undefined) return `no error was due at ${error.when}; got ${explain(error.thrown)}`
  const due = expected.executions ?? [expected]
  for (let index = 0; index < due.length; index++) {
    const difference = (isSpread ? judgeSpread : judgeExecution)(golden, due[index] as Expected, executions[index])
    if (difference !== undefined) return expected.executions === undefined ? difference : `execution ${index}: ${difference}`
  }
  return undefined
}

function judgeError({ when, mentions = [] }: Expected, { error }: Outcome): Difference {
  if (error === undefined) return `an error was due at ${when}, there was none`
  if (!isTypewaxError(error.thrown)) return `the error must be a TypewaxError; got ${explain(error.thrown)}`
  // What the record finds when the flow runs may be found earlier.
  if (when === 'build' && error.when === 'run') return `an error was due at build, and came when the flow ran: ${explain(error.thrown)}`
  for (const stepId of new Set(mentions.map(outermost))) {
    if (!isNamed(stepId, error.thrown)) return `the error must name ${stepId}; got ${explain(error.thrown)}`
  }
  return undefined
}

/** While a flow is defined, errors name a step as the call does: without the flow. */
function isNamed(stepId: string, { stepId: got, message }: TypewaxError): boolean {
  return got === stepId || stepId.endsWith(`.${got}`) || message.includes(`"${stepId}"`)
}

/** The step that the user wrote, of a full step id. */
function outermost(stepId: string): string {
  return stepId.split('.').slice(0, 2).join('.')
}

function explain(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return isTypewaxError(thrown) ? `${thrown.code}: ${thrown.message} (step ${thrown.stepId})` : (thrown.stack ?? String(thrown))
}

function judgeExecution(golden: GoldenCase, expected: Expected & { end?: End }, seen: Seen | undefined): Difference {
  if (seen === undefined) return 'did not take place'
  if (expected.end !== undefined && expected.end !== seen.end) return `must end by ${expected.end}, ended by ${seen.end}`
  for (const [stepId, items] of Object.entries(expected.outputs ?? {})) {
    const difference = judgeOutput(golden, stepId, items, seen)
    if (difference !== undefined) return `output ${stepId}: ${difference}`
  }
  for (const [stepId, calls] of Object.entries(expected.inspected ?? {})) {
    const rule = isLinear(golden) && !isInArrivalOrder(golden, stepId) ? 'ordered' : 'multiset'
    const difference = compareItems(calls, seen.inspected?.[stepId] ?? [], rule)
    if (difference !== undefined) return `inspected ${stepId}: ${difference}`
  }
  return judgeParts(expected, seen) ?? judgeFiles(expected, seen)
}

/** What holds of a record of one worker on any number of them: which items come, and the order of those of a key, where the case says so. */
function judgeSpread(golden: GoldenCase, expected: Expected & { end?: End }, seen: Seen | undefined): Difference {
  if (seen === undefined) return 'did not take place'
  if (expected.end !== undefined && expected.end !== seen.end) return `must end by ${expected.end}, ended by ${seen.end}`
  if (!isComparable(golden)) return undefined
  for (const [stepId, items] of Object.entries(expected.outputs ?? {})) {
    const { many = 'multiset' } = golden.compare?.[stepId] ?? {}
    const difference = many === 'skip' ? undefined : compareItems(items, seen.outputs?.[stepId] ?? [], many)
    if (difference !== undefined) return `output ${stepId}: ${difference}`
  }
  for (const [stepId, calls] of Object.entries(expected.inspected ?? {})) {
    const difference = compareItems(withoutPlace(calls), withoutPlace(seen.inspected?.[stepId] ?? []), 'multiset')
    if (difference !== undefined) return `inspected ${stepId}: ${difference}`
  }
  const parts = expected.parts === undefined ? undefined : compareValues(sortedParts(expected.parts), sortedParts(seen.parts ?? {}))
  if (parts !== undefined) return `partitions: ${parts}`
  return compareValues(sortedFiles(expected), sortedFiles(seen))
}

/** Whether the case has a result that does not depend on how the workers take turns. */
export function isComparable({ compare = {}, expected }: GoldenCase): boolean {
  const aborts = expected.executions?.some(({ end }) => end !== 'eof') ?? false
  return !aborts && Object.values(compare).every(({ many }) => many !== 'skip')
}

/** Calls of inspectors without epoch and worker. */
function withoutPlace(calls: readonly unknown[]): unknown[] {
  return calls.map((call) => (call as unknown[]).slice(0, 2))
}

type Parts = NonNullable<Observed['parts']>

function sortedParts(all: Parts): unknown {
  const sorted = (parts: Parts[string]): unknown =>
    Object.fromEntries(Object.entries(parts).map(([part, values]) => [part, values.map(canonical).sort()]))
  return Object.fromEntries(Object.entries(all).map(([stepId, parts]) => [stepId, sorted(parts)]))
}

/** The lines of each file. */
function sortedFiles({ files = {}, filesByIndex }: Expected): unknown {
  const texts =
    filesByIndex ??
    Object.entries(files)
      .sort()
      .map(([, text]) => text)
  return texts.map((text) => text.split('\n').sort())
}

function judgeOutput(golden: GoldenCase, stepId: string, expected: readonly unknown[], seen: Seen): Difference {
  const actual = seen.outputs?.[stepId] ?? []
  const { one = 'ordered', many = 'perKey' } = golden.compare?.[stepId] ?? {}
  if (one === 'perKey' || one === 'multiset' || !isInArrivalOrder(golden, stepId)) return compareItems(expected, actual, one)
  // Where only a multiset holds on many workers, the items have no keys any more.
  return compareArrivals(expected, actual, many === 'multiset' ? 'multiset' : 'perKey', seen.lengthsAtEnd[stepId] ?? actual.length)
}

function judgeParts(expected: Expected, seen: Seen): Difference {
  for (const [stepId, parts] of Object.entries(expected.parts ?? {})) {
    const difference = compareValues(parts, seen.parts?.[stepId])
    if (difference !== undefined) return `partitions of ${stepId}: ${difference}`
  }
  return undefined
}

function judgeFiles(expected: Expected, seen: Seen): Difference {
  if (expected.filesByIndex !== undefined) {
    const inOrder = Object.keys(seen.files)
      .sort()
      .map((path) => seen.files[path])
    return compareValues(expected.filesByIndex, inOrder)
  }
  const difference = expected.files && compareValues(expected.files, seen.files)
  return difference && `files: ${difference}`
}

const KEEPS_STATE = /^(stateful|reduce_|fold_|count_|max_|min_|collect|join)/
const EXPANDS = /^flat/

/**
 * Whether the record has the keys of a batch in ascending order at a step, where an engine that keeps the order of arrival has another one: behind a
 * step with state that sees several keys at once.
 */
function isInArrivalOrder({ flow }: GoldenCase, stepId: string): boolean {
  const behind = ancestors(flow.steps, stepId)
  const inputs = behind.filter(({ op }) => op === 'input')
  const isBatched = inputs.some(({ source }) => typeof source === 'object' && 'batchSize' in source && (source.batchSize ?? 1) > 1)
  const isMixed =
    inputs.length > 1 || isBatched || behind.some(({ op, source }) => EXPANDS.test(op) || (typeof source === 'object' && source.type === 'parts'))
  return isMixed && behind.some(({ op }) => KEEPS_STATE.test(op))
}

function ancestors(steps: readonly StepSpec[], stepId: string): StepSpec[] {
  const found = new Set<StepSpec>()
  const visit = (id: string | undefined): void => {
    const step = steps.find((each) => each.id === id?.split('.')[0])
    if (step === undefined || found.has(step)) return
    found.add(step)
    for (const up of step.ups ?? [step.up]) visit(up)
  }
  visit(stepId)
  return [...found]
}

function isLinear({ flow }: GoldenCase): boolean {
  return flow.steps.filter(({ op }) => op === 'input').length === 1 && flow.steps.every(({ ups }) => (ups?.length ?? 1) === 1)
}
