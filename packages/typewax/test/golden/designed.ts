/**
 * Owns the cases in which typewax means to differ from the record: what it must do instead, and which row of the table of deliberate differences says
 * so. A case that is in none of these tables must do what was recorded.
 */

import type { Expected, GoldenCase } from './cases.ts'

interface Designed {
  /** Why, in the words of the table of deliberate differences, or of the interface. */
  readonly row: string
  readonly expected: Expected
}

/** What must come out of a case, and the row that says so if that is not what was recorded. */
export function designedFor(golden: GoldenCase): Designed | undefined {
  const title = golden.title ?? ''
  if (golden.differs !== undefined) return { row: golden.differs, expected: golden.designed ?? byTitle[title] ?? golden.expected }
  if (golden.python === true) {
    const expected = typed[title]
    return expected && { row: 'Python decides; the typed interface takes any pair, any iterable, any array', expected }
  }
  return marksHeader(golden) ? { row: "CSV: a byte order mark stays in the first column's name", expected: withoutMark(golden.expected) } : undefined
}

const MARK = '\ufeff'

/** Whether a CSV file begins with a byte order mark. */
function marksHeader({ flow, inputs }: GoldenCase): boolean {
  const readsCsv = flow.steps.some(({ source }) => typeof source === 'object' && source.type === 'csv')
  const files = Object.values(inputs).flatMap((input) => ('files' in input ? Object.values(input.files) : []))
  return readsCsv && files.some((text) => text.startsWith(MARK))
}

function withoutMark(expected: Expected): Expected {
  return JSON.parse(JSON.stringify(expected).replaceAll(`"${MARK}`, '"'))
}

const out = (...items: unknown[]): Expected => ({ outputs: { out: items } })
const failsIn = (...mentions: string[]): Expected => ({ raises: true, when: 'run', mentions })

/** Of `differs.json`, where the record has no `designed`. */
const byTitle: Readonly<Record<string, Expected>> = {
  'stateful: the builder throws': failsIn('df.s0'),
  "a partitioned sink's write_batch throws": failsIn('df.out'),
  "a dynamic sink's write_batch throws": failsIn('df.out'),
  'recovery: the directory does not exist': out(1, 2),
  'recovery: the directory was never initialised': out(1, 2),
  'recovery: initialised twice': { raises: true, when: 'build', mentions: [] },
}

/** Of the cases that show how Python unpacks and calls. */
const typed: Readonly<Record<string, Expected>> = {
  // JavaScript drops arguments that nobody asked for; the compiler refuses them.
  'misuse: extra_argument': out(1),
  'stateful_batch: the values are a lazy iterable': out(['a', 1], ['b', 2], ['a', 3]),
  // There is no tuple: an array of two is a pair, a text is not.
  'stateful_map: the item is a list of two': out(['a', 1]),
  'fold_final: the item is a list of two': out(['a', 1]),
  'partitioned sink: the item is a list of two': { parts: { out: { p: [1] } } },
  'map_value: the item is a string of two characters': failsIn('df.s0'),
  'flat_map_value: the item is a string of two characters': failsIn('df.s0'),
  'key_rm: the item is a string of two characters': failsIn('df.s0'),
}
