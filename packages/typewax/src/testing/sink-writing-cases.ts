/** Owns the cases of the sink suite about naming, routing, writing, ending: all that needs no resume. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { quote } from '../errors.ts'
import type { SinkBench } from './sink-bench.ts'

/** Keys of every kind: empty, long, accented, beyond the basic plane, a lone surrogate, a NUL. */
const KEYS = ['', 'a', 'A', 'hello', 'é', 'e\u0301', '東京', '😀', '\ud800', '\u0000', ' ', 'x'.repeat(10_000), '0', '-1']

export async function checkNames<V, S>({ sink, parts }: SinkBench<V, S>): Promise<void> {
  ok(Array.isArray(parts) && parts.every((part) => typeof part === 'string'), `listParts must give an array of strings; got ${quote(parts)}`)
  strictEqual(new Set(parts).size, parts.length, `listParts must not give a name twice; got ${quote(parts)}`)
  deepStrictEqual(await sink.listParts(), parts, 'listParts must give the same names each time')
}

export async function checkPartFn<V, S>({ sink, setup }: SinkBench<V, S>): Promise<void> {
  const other = setup.reopen?.() ?? sink
  for (const key of KEYS) {
    const part = sink.partFn(key)
    ok(Number.isSafeInteger(part) && part >= 0, `partFn must give a non-negative integer; got ${quote(part)} for key ${quote(key)}`)
    strictEqual(sink.partFn(key), part, `partFn must give the same for key ${quote(key)} each time`)
    strictEqual(other.partFn(key), part, `partFn must give the same for key ${quote(key)} on every sink object`)
  }
}

export async function checkEmptyParts<V, S>(bench: SinkBench<V, S>): Promise<void> {
  for (const part of bench.parts) await bench.build(part)
  for (const part of bench.parts) await bench.checkContent(part, [], `partition ${quote(part)} must be there and empty once it is built`)
}

export async function checkOrder<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  const written: V[] = []
  for (const size of [1, 2, 3, 1, 1_000, 1, 17]) {
    const batch = Array.from({ length: size }, (_, index) => bench.values[(written.length + index) % bench.values.length] as V)
    await writer.write(batch)
    written.push(...batch)
  }
  await writer.commit(await writer.barrier())
  await bench.checkContent(bench.part, written, 'values must be written in order')
}

export async function checkApart<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writers = await Promise.all(bench.parts.map(async (part) => await bench.build(part)))
  const valuesOf = (index: number): V[] => bench.values.filter((_, position) => (position + index) % 2 === 0)
  for (let step = 0; step < bench.values.length; step++) {
    for (const [index, writer] of writers.entries()) {
      const value = valuesOf(index)[step]
      if (value !== undefined) await writer.epoch([value])
    }
  }
  for (const [index, part] of bench.parts.entries()) await bench.checkContent(part, valuesOf(index), `values of partition ${quote(part)}`)
}

export async function checkFlush<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  for (let count = 1; count <= bench.values.length; count++) {
    await writer.epoch(bench.values.slice(count - 1, count))
    await bench.checkContent(bench.part, bench.values.slice(0, count), 'what was written must be there when its epoch is committed')
  }
}

export async function checkClose<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const before = bench.handleCount
  const writer = await bench.build(bench.part)
  await writer.epoch(bench.values)
  await writer.partition.close()
  writer.end()
  await bench.checkReleased(before, 'handles must be released by `close` or by the signal that follows it')
  await bench.checkContent(bench.part, bench.values, 'the output must stay as it is at `close`')
}

export async function checkSignal<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const before = bench.handleCount
  const writer = await bench.build(bench.part)
  await writer.write(bench.values)
  writer.end()
  await bench.checkReleased(before, 'handles must be released when the signal fires: `close` is not called then')
  await (await bench.rebuild(bench.part)).epoch(bench.values)
  const content = (await bench.setup.read(bench.part)) ?? []
  deepStrictEqual(content.slice(-bench.values.length), bench.values, 'the signal of one execution must not hurt the next')
}
