/** Style is a test: layers, cycles, clocks, sizes, headers, and what the house does not use. Each rule says what to do instead. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const sources: ReadonlyMap<string, string> = new Map(
  list('src/**/*.ts').map((file) => [file.slice('src/'.length), readFileSync(join(PACKAGE, file), 'utf8')]),
)
/** The same without comments and empty lines. */
const code: ReadonlyMap<string, string> = new Map([...sources].map(([file, text]) => [file, codeLines(text).join('\n')]))
const tests: ReadonlyMap<string, string> = new Map(list('test/**/*.ts').map((file) => [file, readFileSync(join(PACKAGE, file), 'utf8')]))

/** What the files of a folder, or a file beside the folders, may import: beginnings of paths within `src`. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'dataflow/': ['dataflow/', 'errors.ts', 'inputs/source.ts'],
  'inputs/': ['inputs/', 'dataflow/logger.ts', 'errors.ts', 'time.ts'],
  'outputs/': ['outputs/', 'inputs/source.ts', 'errors.ts'],
  'operators/': [
    'operators/',
    'dataflow/',
    'inputs/',
    'outputs/',
    'errors.ts',
    'durations.ts',
    'thenable.ts',
    'time.ts',
    'timestamp.ts',
    'windowing/value-queue.ts',
  ],
  'windowing/': ['windowing/', 'aggregates/', 'operators/', 'dataflow/', 'errors.ts', 'durations.ts', 'thenable.ts', 'time.ts', 'timestamp.ts'],
  'joins/': ['joins/', 'windowing/', 'operators/', 'dataflow/', 'errors.ts'],
  'recovery/': ['recovery/', 'dataflow/logger.ts', 'errors.ts', 'time.ts'],
  'runtime/': ['runtime/', 'dataflow/', 'inputs/', 'outputs/', 'recovery/', 'errors.ts', 'thenable.ts', 'time.ts', 'random.ts'],
  'connectors/': ['connectors/', 'inputs/', 'outputs/', 'dataflow/logger.ts', 'errors.ts', 'time.ts', 'random.ts'],
  'visualize/': ['visualize/', 'dataflow/', 'errors.ts'],
  'aggregates/': ['aggregates/', 'operators/checks.ts', 'dataflow/', 'errors.ts'],
  // Suites for connectors and stores of other people: no engine.
  'testing/': [
    'testing/',
    'dataflow/logger.ts',
    'errors.ts',
    'inputs/',
    'outputs/',
    'recovery/codec.ts',
    'recovery/store.ts',
    'runtime/host.ts',
    'time.ts',
  ],
  // The one that runs flows: on several workers, in one thread.
  'testing/run-workers.ts': ['testing/', 'dataflow/', 'recovery/store.ts', 'runtime/exchange/exchange.ts', 'runtime/options.ts'],
  'testing/simulation.ts': ['testing/', 'dataflow/', 'recovery/store.ts', 'runtime/'],
  // What any program could call, and of the runtime the words only.
  'cli/': [
    'cli/',
    'dataflow/logger.ts',
    'errors.ts',
    'load-flow.ts',
    'recovery/',
    'run.ts',
    'runtime/host.ts',
    'runtime/options.ts',
    'runtime/system.ts',
    'visualize/',
  ],
  'errors.ts': [],
  'random.ts': [],
  'thenable.ts': [],
  'time.ts': [],
  'durations.ts': ['errors.ts'],
  'timestamp.ts': ['errors.ts', 'thenable.ts'],
  'load-flow.ts': ['dataflow/', 'errors.ts'],
  'fluent.ts': ['dataflow/', 'joins/', 'operators/', 'windowing/', 'errors.ts'],
  'run.ts': ['dataflow/', 'errors.ts', 'load-flow.ts', 'recovery/', 'runtime/', 'worker-thread.ts'],
  'worker-thread.ts': ['dataflow/', 'load-flow.ts', 'runtime/'],
  'index.ts': [
    'dataflow/',
    'inputs/',
    'outputs/',
    'operators/',
    'joins/',
    'windowing/',
    'runtime/options.ts',
    'durations.ts',
    'errors.ts',
    'fluent.ts',
    'run.ts',
  ],
}

/** The only files that ask the machine for time and chance; the last three wait for connectors that do, or stand in for the machine. */
const MACHINE = ['time.ts', 'random.ts', 'testing/checks.ts', 'testing/test-clock.ts', 'testing/test-context.ts']

const BANNED =
  /\b(Date\.now|performance\.now|hrtime|Math\.random|random(Bytes|Int)|getRandomValues|set(Timeout|Interval|Immediate)|AbortSignal\.timeout)\b|\bnew Date\(\)/

test('tidy: a folder imports only what lies below it', () => {
  const wrong = edges().filter(({ from, to }) => !layerOf(from).some((allowed) => to.startsWith(allowed)))
  const list = wrong.map(({ from, to }) => `src/${from} imports ${to}`)
  assert.deepEqual(list, [], 'move what is shared down, or pass it in as an argument')
})

test('tidy: imports make no cycles, those of types counted', () => {
  const all = edges()
  assert.ok(all.length > sources.size, 'imports are no longer recognised')
  const targets = new Map([...sources.keys()].map((file) => [file, all.filter(({ from }) => from === file)] as const))
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `a cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}; move what both need into a third file`)
    if (done.has(file)) return
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of sources.keys()) visit(file, [])
})

test('tidy: one file reads the clock and one the random source', () => {
  const wrong = matches(code, BANNED).filter(([file]) => !MACHINE.includes(file))
  assert.deepEqual(wrong, [], 'take a `now`, a `Host` or a `random` as an option; the default comes from time.ts, runtime/system.ts or random.ts')
  const idle = MACHINE.filter((file) => !BANNED.test(code.get(file) ?? ''))
  assert.deepEqual(idle, [], 'no exception without need')
})

test('tidy: a file begins with a comment that says what it owns', () => {
  const all = [...sources].filter(([, text]) => !/^(#!.*\n)?\/\*\*/.test(text)).map(([file]) => file)
  assert.deepEqual(all, [])
})

test('tidy: files and functions can be read at a sitting', () => {
  const long = [...sources].map(([file, text]) => [file, codeLines(text).length] as const).filter(([, count]) => count > 300)
  assert.deepEqual(long, [], 'at most 300 lines of code; what would a reader call the two halves?')
  const longFunctions = [...sources].flatMap(([file, text]) =>
    functionLengths(text)
      .filter(([, count]) => count > 70)
      .map((found) => [file, ...found]),
  )
  assert.deepEqual(longFunctions, [], 'at most 70 lines')
})

test('tidy: the house does without default exports, any, enums and notes to self', () => {
  assert.deepEqual(matches(code, /^export default\b/m), [], 'export by name')
  assert.deepEqual(matches(code, /(:|<|\bas|,|\|) *any\b(?! *[\w(])/), [], 'use `unknown` and narrow it')
  assert.deepEqual(matches(code, /^(export )?(const )?enum\b|^(export )?(declare )?namespace\b/m), [], 'use a union of strings')
  assert.deepEqual(matches(sources, /\b(TODO|FIXME|XXX|HACK)\b/), [], 'do it, or write an issue')
  assert.deepEqual(matches(sources, /@ts-(ignore|nocheck|expect-error)/), [], 'mend the type')
})

test('tidy: no test is switched off or runs alone', () => {
  const all = new Map([...tests].filter(([file]) => file !== 'test/tidy.test.ts'))
  assert.deepEqual(matches(all, /\b(test|it|describe)\.(only|skip|todo)\(|\bonly: true/), [])
})

function list(pattern: string): string[] {
  return globSync(pattern, { cwd: PACKAGE }).sort()
}

/** What a file may import. A new file beside the folders, or a new folder, needs a line of its own. */
function layerOf(file: string): readonly string[] {
  const layers = Object.keys(LAYERS).filter((begin) => file.startsWith(begin))
  const layer = layers.sort((one, other) => other.length - one.length)[0]
  assert.ok(layer !== undefined, `src/${file} is in no layer: what may it import?`)
  return LAYERS[layer]!
}

/** Imports within `src`, static ones. A dynamic import is a way to load later, not a dependency of the design. */
function edges(): { readonly from: string; readonly to: string }[] {
  return [...sources].flatMap(([from, text]) => {
    const targets = [...text.matchAll(/^(?:import '|(?:import|export) [^'"]*?\bfrom ')(\.[^']+)'/gm)]
    return targets.map((match) => ({ from, to: normalize(join(dirname(from), match[1]!)) }))
  })
}

function matches(files: ReadonlyMap<string, string>, pattern: RegExp): (readonly [file: string, found: string])[] {
  return [...files].flatMap(([file, text]) => {
    const found = pattern.exec(text)
    return found === null ? [] : [[file, found[0]] as const]
  })
}

/** The lines that are neither empty nor comment. */
function codeLines(text: string): string[] {
  return text
    .replace(/^ *\/\*(?:.|\n)*?\*\/ *$/gm, '')
    .split('\n')
    .filter((line) => !/^\s*(\/\/.*)?$/.test(line))
}

/** Functions and methods by the formatter's indentation: from the line that opens the body to the brace below it. */
function functionLengths(text: string): (readonly [name: string, lines: number])[] {
  const lines = text.split('\n')
  return lines.flatMap((line, start) => {
    const found = /^( *)(?:(?:export|async|static|override|private|get|set) )*(?:function\*? )?([#\w]+)(?:<.*>)?\(.*\{$/.exec(line)
    if (found === null || ['if', 'for', 'while', 'switch', 'catch'].includes(found[2]!)) return []
    const end = lines.findIndex((other, index) => index > start && other.startsWith(`${found[1]}}`))
    return [[found[2]!, end - start + 1] as const]
  })
}
