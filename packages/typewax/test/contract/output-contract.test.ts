/** Owns the check of `docs/output-contract.md`: its rows are complete and each proof that it names is there. And the proofs that are about modules. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Sink } from '../../src/index.ts'
import * as outputs from '../../src/outputs/index.ts'
import { LogDynamicSink, LogSink, type Pair } from './log-sinks.ts'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))
/** Sentences in the page of the reference; the rows behind them are our own. */
const REFERENCE_SENTENCES = 60

function read(path: string): string {
  return readFileSync(`${PACKAGE}${path}`, 'utf8')
}

interface Row {
  readonly number: number
  readonly sentence: string
  /** As `file: name`. */
  readonly proofs: readonly { readonly file: string; readonly name: string }[]
}

function rows(): Row[] {
  return [...read('../../docs/output-contract.md').matchAll(/^\| (\d+) \| (.*) \| (.*) \|$/gm)].map(([, number, sentence, proofs]) => ({
    number: Number(number),
    sentence: sentence as string,
    proofs: (proofs as string).split('<br>').map((proof) => {
      const [, file, name] = /^`([\w-]+)`: (.+)$/.exec(proof) ?? []
      ok(file !== undefined && name !== undefined, `row ${number} has a proof that is not of the form \`file\`: name: ${proof}`)
      return { file, name }
    }),
  }))
}

/** Names of the tests or of the cases in a file; what varies in them as `…`. */
function namesIn(file: string): Set<string> {
  const path = file.endsWith('conformance') ? `src/testing/${file}.ts` : `test/contract/${file}.test.ts`
  const names = read(path).matchAll(/\b(?:test|define)\(\s*(?:'([^'\n]+)'|`([^`\n]+)`)/g)
  return new Set([...names].map(([, plain, template]) => plain ?? (template as string).replaceAll(/\$\{[^}]*\}/g, '…')))
}

test('output-contract.md: numbers its rows without a gap, and has all sentences of the reference', () => {
  const numbers = rows().map(({ number }) => number)
  deepStrictEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, index) => index + 1),
  )
  ok(numbers.length >= REFERENCE_SENTENCES)
})

test('output-contract.md: names a proof for every row, and each of them exists', () => {
  const known = new Map<string, Set<string>>()
  for (const { number, sentence, proofs } of rows()) {
    ok(sentence.length > 0 && proofs.length > 0, `row ${number} says nothing or proves nothing`)
    for (const { file, name } of proofs) {
      if (!known.has(file)) known.set(file, namesIn(file))
      ok(known.get(file)?.has(name), `row ${number}: there is no test "${name}" in ${file}`)
    }
  }
})

test('output-contract.md: leaves out no test of the contract', () => {
  const named = new Set(rows().flatMap(({ proofs }) => proofs.map(({ file, name }) => `${file}: ${name}`)))
  for (const file of ['partitioned-sink', 'dynamic-sink', 'sink-epochs', 'sink-ends', 'exactly-once']) {
    for (const name of namesIn(file)) ok(named.has(`${file}: ${name}`), `no row names ${file}: ${name}`)
  }
})

test('typewax/outputs: exports the sink contracts and adler32, and no runtime', () => {
  const expected = ['DynamicSink', 'FixedPartitionedSink', 'StatefulSinkPartition', 'StatelessSinkPartition', 'adler32']
  deepStrictEqual(Object.keys(outputs).sort(), expected)
})

test('Sink: is the type of both kinds, and of nothing else', () => {
  // `Sink` is a type: that these two compile is the proof, and the next line that no other does.
  const sinks: readonly (Sink<Pair> | Sink<string>)[] = [new LogSink(), new LogDynamicSink()]
  // @ts-expect-error Whoever only has the methods is no sink.
  const other: Sink<string> = { build: () => ({ writeBatch() {}, close() {} }) }
  deepStrictEqual(
    sinks.map((sink) => '~sink' in sink),
    [true, true],
  )
  strictEqual('~sink' in other, false)
})

test('connectors: import the contracts, never the runtime, the operators or the definition of flows', () => {
  for (const path of globSync('src/connectors/**/*.ts', { cwd: PACKAGE })) {
    const imports = [...read(path).matchAll(/from '(\.\.?\/[^']+)'/g)].map(([, target]) => target as string)
    for (const target of imports) ok(!/\/(runtime|operators|dataflow|recovery|windowing)\//.test(target), `${path} imports ${target}`)
  }
})
