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
  const strict = atConstruction[title]
  if (strict !== undefined) return { row: 'Window length 0 and offset 0 fail at the first item', expected: strict }
  const single = byValue[title]
  if (single !== undefined)
    return {
      row: 'Values of a batch are handled one by one: where a batch ends means nothing',
      expected: { ...golden.expected, outputs: { ...golden.expected.outputs, ...single } },
    }
  if (golden.flow.steps.some(({ op }) => op === 'join_window')) {
    return { row: 'late values of a join come as they are, without the number of their side', expected: withoutSides(golden) }
  }
  return marksHeader(golden) ? { row: "CSV: a byte order mark stays in the first column's name", expected: withoutMark(golden.expected) } : undefined
}

/** The record has late values of a join as `[side, value]`. */
function withoutSides({ flow, expected }: GoldenCase): Expected {
  const joins = flow.steps.filter(({ op }) => op === 'join_window').map(({ id }) => `${id}.late`)
  const outputs = Object.entries(expected.outputs ?? {}).map(([stepId, items]) => {
    const isLate = joins.includes(flow.steps.find(({ id }) => id === stepId)?.up ?? '')
    return [stepId, isLate ? items.map((item) => withoutSide(item as LateItem)) : items] as const
  })
  return expected.outputs === undefined ? expected : { ...expected, outputs: Object.fromEntries(outputs) }
}

type LateItem = readonly [key: string, late: readonly [windowId: number, labelled: readonly [side: number, value: unknown]]]

function withoutSide([key, [windowId, [, value]]]: LateItem): unknown {
  return [key, [windowId, value]]
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

/** The record merges the sessions of a batch at its end. */
const byValue: Readonly<Record<string, NonNullable<Expected['outputs']>>> = {
  'session merges in one batch': {
    down: [
      [
        'k',
        [
          1,
          [
            [1_700_000_000_000, 1],
            [1_700_000_020_000, 0],
            [1_700_000_010_000, 2],
            [1_700_000_025_000, 5],
            [1_700_000_040_000, 3],
            [1_700_000_031_000, 4],
          ],
        ],
      ],
    ],
  },
}

const out = (...items: unknown[]): Expected => ({ outputs: { out: items } })
const failsIn = (...mentions: string[]): Expected => ({ raises: true, when: 'run', mentions })

const at = (seconds: number, name: string): readonly unknown[] => [1_700_000_000_000 + 1000 * seconds, name]
const [L2, L20, R0, R10] = [at(2, 'L2'), at(20, 'L20'), at(0, 'R0'), at(10, 'R10')]

/** A session from second 0 to second 20, that another one was merged into, and what it emits. */
function merged(mergedId: number, ...rows: (readonly [windowId: number, row: readonly unknown[]])[]): Expected {
  const metadata = { openMs: 1_700_000_000_000, closeMs: 1_700_000_020_000, mergedIds: [mergedId] }
  return { outputs: { down: rows.map((row) => ['k', row]), late: [], meta: [['k', [1 - mergedId, metadata]]] } }
}

/** Of `differs.json`, where the record has no `designed`. */
const byTitle: Readonly<Record<string, Expected>> = {
  'stateful: the builder throws': failsIn('df.s0'),
  "a partitioned sink's write_batch throws": failsIn('df.out'),
  "a dynamic sink's write_batch throws": failsIn('df.out'),
  'recovery: the directory does not exist': out(1, 2),
  'recovery: the directory was never initialised': out(1, 2),
  'session merge, first/final': merged(0, [1, [L2, R0]]),
  'session merge, first/running': merged(0, [0, [L20, null]], [1, [null, R0]], [1, [L2, R0]], [0, [L20, R10]], [1, [L2, R0]]),
  'session merge, last/final': merged(0, [1, [L20, R10]]),
  'session merge, last/running': merged(0, [0, [L20, null]], [1, [null, R0]], [1, [L2, R0]], [0, [L20, R10]], [1, [L20, R10]]),
  'merge without a conflict on a side': merged(1, [0, [L20, at(15, 'R15')]]),
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

/** Of the cases whose mistake is found earlier: when the window is described, before there is a step to name. */
const atConstruction: Readonly<Record<string, Expected>> = {
  'sliding: offset 0': { raises: true, when: 'build', mentions: [] },
  'tumbling: length 0': { raises: true, when: 'build', mentions: [] },
}
