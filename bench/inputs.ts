/** Owns the inputs of the benchmarks: seeded, written once into `bench/.data`, the same on every machine. */

import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const DATA = new URL('.data/', import.meta.url).pathname

export interface Inputs {
  readonly text: string
  readonly readings: string
  readonly lines: string
  /** Rows of 10,000 users, up to five seconds out of order. */
  readonly events: string
  /** Two files of such rows, up to two seconds out of order. */
  readonly sides: readonly [string, string]
}

/** Writes what is missing. `scale` shrinks everything, for a smoke test. */
export function prepareInputs(scale: number): Inputs {
  const dir = join(DATA, String(scale))
  mkdirSync(dir, { recursive: true })
  return {
    text: written(join(dir, 'text.txt'), writeText, 100_000_000 * scale),
    readings: written(join(dir, 'readings.jsonl'), writeReadings, 4_000_000 * scale),
    lines: written(join(dir, 'lines.txt'), writeLines, 1_000_000 * scale),
    events: written(join(dir, 'events.jsonl'), writeEvents, 4_000_000 * scale),
    sides: [
      written(join(dir, 'left.jsonl'), (write, size) => writeSide(write, size, 5), 2_000_000 * scale),
      written(join(dir, 'right.jsonl'), (write, size) => writeSide(write, size, 6), 2_000_000 * scale),
    ],
  }
}

type Writer = (write: (text: string) => void, size: number) => void

function written(path: string, writer: Writer, size: number): string {
  if (existsSync(path)) return path
  const file = openSync(`${path}.part`, 'w')
  let buffered = ''
  const flush = (): void => {
    writeSync(file, buffered)
    buffered = ''
  }
  writer((text) => {
    buffered += text
    if (buffered.length > 1 << 20) flush()
  }, size)
  flush()
  closeSync(file)
  renameSync(`${path}.part`, path)
  return path
}

/** Lines of words of a vocabulary of 50,000 by Zipf's law, some capitalised, some with punctuation; `size` in bytes. */
function writeText(write: (text: string) => void, size: number): void {
  const random = generator(1)
  const words = Array.from({ length: 50_000 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 9) }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join(''),
  )
  for (let bytes = 0; bytes < size; ) {
    const line: string[] = []
    for (let count = 6 + Math.floor(random() * 10); count > 0; count--) {
      const word = words[Math.min(words.length - 1, Math.floor(words.length ** random()))] as string
      const shape = random()
      line.push(shape < 0.1 ? `${word[0]?.toUpperCase()}${word.slice(1)}` : shape < 0.2 ? `${word},` : word)
    }
    const text = `${line.join(' ')}.\n`
    bytes += text.length
    write(text)
  }
}

/** Readings of 100,000 users; `size` in rows. */
function writeReadings(write: (text: string) => void, size: number): void {
  const random = generator(2)
  for (let row = 0; row < size; row++) {
    const amount = Math.floor(random() * 100_000) / 100
    write(`{"ts": ${1_700_000_000_000 + row * 2}, "user": "u${Math.floor(random() * 100_000)}", "amount": ${amount}}\n`)
  }
}

/** Events of 10,000 users, one every 2 ms, up to 5 s early or late; `size` in rows. */
function writeEvents(write: (text: string) => void, size: number): void {
  const random = generator(4)
  for (let row = 0; row < size; row++) {
    const ts = 1_700_000_000_000 + row * 2 + Math.floor(random() * 10_001) - 5_000
    const user = Math.floor(random() * 10_000)
    write(`{"ts": ${ts}, "user": "u${user}", "amount": ${Math.floor(random() * 100_000) / 100}}\n`)
  }
}

/** One side of a join: a row every 2 ms, up to 2 s early or late; `size` in rows. */
function writeSide(write: (text: string) => void, size: number, seed: number): void {
  const random = generator(seed)
  for (let row = 0; row < size; row++) {
    const ts = 1_700_000_000_000 + row * 2 + Math.floor(random() * 4_001) - 2_000
    write(`{"ts": ${ts}, "user": "u${Math.floor(random() * 10_000)}", "v": ${row}}\n`)
  }
}

/** Lines of 100 bytes; `size` in lines. */
function writeLines(write: (text: string) => void, size: number): void {
  const random = generator(3)
  for (let row = 0; row < size; row++)
    write(`${String(row).padStart(9, '0')} ${String(random()).padEnd(89, 'abcdefghij klmnopqrst uvwxyz')}\n`.slice(-100))
}

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
