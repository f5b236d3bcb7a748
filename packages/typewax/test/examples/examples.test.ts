/** Runs every file of `examples/` but the flights, and checks what it writes against the same thing computed plainly. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { type ClientRequest, request } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { ended, linesOf, readData, readExample, startFlow, startProgram, workingDirectory } from './example-process.ts'

type Row = Readonly<Record<string, string>>
type Quake = { readonly net: string; readonly mag: number; readonly place: string }

test('word-count: writes each word with its count', async (t) => {
  const cwd = workingDirectory(t)
  const { code, err } = await ended(startFlow('word-count.ts', cwd))
  assert.equal(code, 0, err)
  const words = countWords(readExample('data/hamlet.txt'))
  assert.equal(words.get('sleep'), 5)
  assert.deepEqual(linesIn(cwd, 'out/words-*.tsv').sort(), [...words].map(([word, count]) => `${word}\t${count}`).sort())
})

test('running-mean: prints the mean so far of every day', async (t) => {
  const { code, out, err } = await ended(startFlow('running-mean.ts', workingDirectory(t)))
  assert.equal(code, 0, err)
  const days = readCsv('seattle-weather.csv')
  const expected = days.map(({ date, weather }, index) => {
    const alike = days.slice(0, index + 1).filter((day) => day.weather === weather)
    const total = alike.reduce((sum, day) => sum + Number(day.temp_max), 0)
    return `${date} ${weather} ${(total / alike.length).toFixed(2)}`
  })
  assert.deepEqual(linesOf(out), expected)
})

test('join-files: writes every airport that has departures, once', async (t) => {
  const cwd = workingDirectory(t)
  const { code, err } = await ended(startFlow('join-files.ts', cwd))
  assert.equal(code, 0, err)
  const airports = new Map(readCsv('airports.csv').map((airport) => [airport.iata!, airport]))
  const sums = new Map<string, number>()
  for (const { origin, count } of readCsv('flights-airport.csv')) sums.set(origin!, (sums.get(origin!) ?? 0) + Number(count))
  const expected = [...sums].map(([code, sum]) => [code, sum, airports.get(code)!.name, airports.get(code)!.city].join('\t'))
  assert.deepEqual(linesIn(cwd, 'out/departures.tsv').sort(), expected.sort())
})

test('polled-source: prints the strongest quake of every network, also when it is killed and resumed', async (t) => {
  const cwd = workingDirectory(t)
  const child = startFlow('polled-source.ts', cwd, ['-r', 'state/', '-s', '0.02'])
  setTimeout(() => child.kill('SIGKILL'), 250)
  const first = await ended(child)
  const { code, out, err } = await ended(startFlow('polled-source.ts', cwd, ['-r', 'state/']))
  assert.equal(code, 0, err)
  const strongest = new Map<string, Quake>()
  const { features }: { features: { properties: Quake }[] } = JSON.parse(readData('earthquakes.json'))
  for (const { properties: quake } of features) {
    if (quake.mag > (strongest.get(quake.net)?.mag ?? -Infinity)) strongest.set(quake.net, quake)
  }
  const expected = [...strongest.values()].map(({ net, mag, place }) => `${net} ${mag.toFixed(1)} ${place}`)
  // Standard output cannot rewind: whatever was printed before the kill comes again.
  assert.deepEqual([...new Set(linesOf(first.out + out))], expected.sort())
})

test('async-enrichment: prints the busy routes with their cities, in order', async (t) => {
  const { code, out, err } = await ended(startFlow('async-enrichment.ts', workingDirectory(t)))
  assert.equal(code, 0, err)
  const cities = new Map(readCsv('airports.csv').map(({ iata, city }) => [iata, city]))
  const busy = readCsv('flights-airport.csv').filter(({ count }) => Number(count) >= 10_000)
  assert.equal(busy.length, 20)
  const expected = busy.map(({ origin, destination, count }) => `${cities.get(origin)} → ${cities.get(destination)}: ${count}`)
  assert.deepEqual(linesOf(out), expected)
})

test('http-server: answers requests side by side, and stops the flow of a client that goes away', async (t) => {
  const server = startProgram('http-server.ts', workingDirectory(t), { PORT: '0' })
  t.after(() => server.kill())
  const said = listener(server.stdout!)
  const port = Number((await said(/"port":(\d+)/))[1])
  const poem = readExample('data/hamlet.txt')

  const gone = post(port)
  gone.on('error', () => {})
  gone.write('half a line')
  const [first, second] = await Promise.all([answerTo(post(port), poem), answerTo(post(port), 'one two\ntwo')])
  assert.deepEqual(first, Object.fromEntries(countWords(poem)))
  assert.deepEqual(second, { one: 1, two: 2 })

  gone.destroy()
  await said(/^stopped: 0 words$/m)
  assert.deepEqual(await answerTo(post(port), 'still there'), { still: 1, there: 1 })
})

/** Listens to a process: gives a function that waits until it has said something. */
function listener(stream: Readable): (what: RegExp) => Promise<RegExpExecArray> {
  let heard = ''
  stream.on('data', (chunk: Buffer) => {
    heard += chunk
  })
  return async (what) => {
    for (;;) {
      const found = what.exec(heard)
      if (found !== null) return found
      await once(stream, 'data')
    }
  }
}

function post(port: number): ClientRequest {
  return request({ port, method: 'POST' })
}

async function answerTo(outgoing: ClientRequest, body: string): Promise<unknown> {
  outgoing.end(body)
  const [response] = await once(outgoing, 'response')
  return JSON.parse(await text(response))
}

function countWords(content: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of content.toLowerCase().split(/[^\p{L}']+/u)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function readCsv(name: string): Row[] {
  return parse(readData(name), { columns: true })
}

function linesIn(cwd: string, pattern: string): string[] {
  return globSync(pattern, { cwd }).flatMap((file) => linesOf(readFileSync(join(cwd, file), 'utf8')))
}
