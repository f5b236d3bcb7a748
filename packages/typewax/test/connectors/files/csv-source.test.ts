import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CsvSource, type CsvSourceOptions } from '../../../src/connectors/files/index.ts'
import { failureOf, makeDirectory, readAll, readSteps } from '../drive.ts'

interface Case {
  readonly title: string
  readonly text: string
  readonly rows: readonly object[]
  readonly options?: CsvSourceOptions
}

const cases: readonly Case[] = [
  {
    title: 'CRLF and no line end at the end',
    text: 'a,b\r\n1,2\r\n3,4',
    rows: [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ],
  },
  { title: 'lone carriage returns', text: 'a,b\r1,2\r', rows: [{ a: '1', b: '2' }] },
  { title: 'line ends in quotes stay', text: 'a,b\n"x\r\ny","z\n"\n', rows: [{ a: 'x\r\ny', b: 'z\n' }] },
  { title: 'doubled quotes', text: 'a\n"say ""hi"""\n', rows: [{ a: 'say "hi"' }] },
  {
    title: 'blank lines are skipped, empty fields are not',
    text: 'a,b\n\n,\n\n""\n',
    rows: [
      { a: '', b: '' },
      { a: '', b: null },
    ],
  },
  { title: 'short rows have null', text: 'a,b,c\n1\n', rows: [{ a: '1', b: null, c: null }] },
  { title: 'of equal names the last wins', text: 'a,a\n1,2\n', rows: [{ a: '2' }] },
  { title: 'a byte order mark is dropped', text: '\uFEFF"a",b\n1,2\n', rows: [{ a: '1', b: '2' }] },
  { title: 'spaces stay', text: 'a, b\n1, 2\n', rows: [{ a: '1', ' b': ' 2' }] },
  { title: 'quotes inside of a field are text', text: 'a,b\n x"y,z"\n', rows: [{ a: ' x"y', b: 'z"' }] },
  { title: 'text behind a closing quote belongs to the field', text: 'a,b\n"x"y,z\n', rows: [{ a: 'xy', b: 'z' }] },
  { title: 'an unclosed quote goes on to the end', text: 'a,b\n"x,y\n1,2\n', rows: [{ a: 'x,y\n1,2\n', b: null }] },
  { title: 'empty file', text: '', rows: [] },
  { title: 'header only', text: 'a,b', rows: [] },
  { title: 'surplus fields under a name', text: 'a\n1,2,3\n', rows: [{ a: '1', rest: ['2', '3'] }], options: { surplus: 'rest' } },
  { title: 'a blank header', text: '\na\n', rows: [{ rest: ['a'] }], options: { surplus: 'rest' } },
  { title: 'no header line', text: '\uFEFF1,2\n', rows: [{ x: '1', y: '2' }], options: { columns: ['x', 'y'] } },
  { title: 'delimiter and quote', text: "a;b\n'x;y';2,5\n", rows: [{ a: 'x;y', b: '2,5' }], options: { delimiter: ';', quote: "'" } },
  { title: 'no quotes', text: 'a,b\n"x,y"\n', rows: [{ a: '"x', b: 'y"' }], options: { quote: '' } },
  { title: 'initial spaces', text: 'a, b\n1, "x, y"\n', rows: [{ a: '1', b: 'x, y' }], options: { skipInitialSpace: true } },
  { title: 'escapes', text: 'a,b\n1\\,2,"\\""\n', rows: [{ a: '1,2', b: '"' }], options: { escape: '\\' } },
  { title: 'a quote as escape', text: 'a\n"x""y"\n', rows: [{ a: 'x"y' }], options: { escape: '"', doubleQuote: false } },
  { title: 'no doubled quotes', text: 'a,b\n"x""y",2\n', rows: [{ a: 'x"y"', b: '2' }], options: { doubleQuote: false } },
]

for (const { title, text, rows, options } of cases) {
  test(`CsvSource: ${title}`, async (t) => {
    const path = join(makeDirectory(t, { 'in.csv': text }), 'in.csv')
    assert.deepEqual(await readAll(new CsvSource(path, options)), rows)
  })
}

test('CsvSource: continues with appended rows, and with a header that came late', async (t) => {
  const path = join(makeDirectory(t, { 'in.csv': '' }), 'in.csv')
  assert.equal((await readSteps(new CsvSource(path))).at(-1)!.position, 0)
  appendFileSync(path, 'a,b\n1,2')
  assert.deepEqual(await readSteps(new CsvSource(path), 0), [
    { items: [{ a: '1', b: '2' }], position: 7 },
    { items: [], position: 7 },
  ])
  appendFileSync(path, '\n3,4\n')
  assert.deepEqual(await readAll(new CsvSource(path), 7), [{ a: '3', b: '4' }])
})

test('CsvSource: reads all files of a pattern, each with its own header', async (t) => {
  const dir = makeDirectory(t, { '1.csv': 'a,b\n1,2\n', '2.csv': 'b,a\n3,4\n' })
  assert.deepEqual(await readAll(new CsvSource(join(dir, '*.csv'))), [
    { a: '1', b: '2' },
    { a: '4', b: '3' },
  ])
})

interface Malformed {
  readonly text: string
  readonly spot: RegExp
  readonly options?: CsvSourceOptions
}

const malformed: Readonly<Record<string, Malformed>> = {
  'surplus fields': { text: 'a,b\n"x\ny",2\n1,é,3\n', spot: /in\.csv", line 4, column 5: the row has 3 fields, the header has 2/ },
  'text behind a quote, when strict': { text: 'a,b\r\n"x"y,2\r\n', spot: /line 2, column 4: there is text/, options: { strict: true } },
  'an unclosed quote, when strict': { text: 'a,b\n1,"x\n2\n', spot: /line 2, column 3: a quote is never closed/, options: { strict: true } },
  'a column called __proto__': { text: '__proto__\n1\n', spot: /line 1, column 1/ },
}

for (const [title, { text, spot, options }] of Object.entries(malformed)) {
  test(`CsvSource: ${title} is MALFORMED_CSV with path, line and column`, async (t) => {
    const path = join(makeDirectory(t, { 'in.csv': text }), 'in.csv')
    const error = await failureOf(() => readAll(new CsvSource(path, options)))
    assert.equal(error.code, 'MALFORMED_CSV')
    assert.match(error.message, spot)
  })
}

test('CsvSource: an unclosed quote does not swallow a large file', async (t) => {
  const rest = 'x,y\n'.repeat(5_000_000)
  const dir = makeDirectory(t, { 'row.csv': `a,b\n1,2\n3,"${rest}`, 'header.csv': `"${rest}` })
  const inRow = await failureOf(() => readAll(new CsvSource(join(dir, 'row.csv'))))
  assert.match(inRow.message, /line 3, column 3: a quote is not closed within/)
  assert.match((await failureOf(() => readAll(new CsvSource(join(dir, 'header.csv'))))).message, /line 1, column 1: a quote in the header/)
})

test('CsvSource: the dialect is checked at construction', async (t) => {
  const path = join(makeDirectory(t, { 'in.csv': '' }), 'in.csv')
  const wrong: CsvSourceOptions[] = [
    { delimiter: '' },
    { delimiter: ';;' },
    { delimiter: '\n' },
    { delimiter: '"' },
    { quote: 'ab' },
    { escape: ',' },
  ]
  for (const options of wrong) assert.equal((await failureOf(() => new CsvSource(path, options))).code, 'INVALID_ARGUMENT', JSON.stringify(options))
})
