/** Owns the sources of the cases: what `source` of an `input` step says becomes a source of typewax. */

import { join } from 'node:path'
import { CsvSource, type CsvSourceOptions, DirSource, FileSource } from '../../src/connectors/files/index.ts'
import { EOF } from '../../src/index.ts'
import { FixedPartitionedSource, type PartitionContext, type Source, StatefulSourcePartition } from '../../src/inputs/source.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import type { CsvFormat, GoldenCase, InputSpec, SourceSpec } from './cases.ts'
import { boom, UnknownName } from './vocabulary.ts'

/** @param onEnd Called when a partition in memory has come to its end. */
export function toSource(spec: SourceSpec | string | undefined, inputs: GoldenCase['inputs'], folder: string, onEnd: () => void): Source<unknown> {
  if (typeof spec !== 'object') return spec as unknown as Source<unknown>
  switch (spec.type) {
    case 'testing':
      return new PartsSource({ iterable: itemsOf(inputs[spec.name]) }, spec.batchSize, onEnd)
    case 'parts':
      return new PartsSource(partsOf(inputs[spec.name]), spec.batchSize, onEnd)
    case 'throwing':
      return new ThrowingSource(spec.where)
    case 'file':
      return new FileSource(join(folder, spec.path), { ...batchSize(spec), mustExist: false })
    case 'dir':
      return new DirSource(join(folder, spec.path), { ...batchSize(spec), ...(spec.glob !== undefined && { glob: spec.glob }) })
    case 'csv':
      return new CsvSource(join(folder, spec.path), { ...batchSize(spec), ...dialect(spec.format ?? {}), surplus: '$rest', mustExist: false })
  }
}

function batchSize({ batchSize: items }: { readonly batchSize?: number }): { batchSize?: number } {
  return items === undefined ? {} : { batchSize: items }
}

function dialect({ delimiter, quotechar, escapechar, doublequote, skipinitialspace }: CsvFormat): CsvSourceOptions {
  return {
    ...(delimiter !== undefined && { delimiter }),
    ...(quotechar !== undefined && { quote: quotechar }),
    ...(escapechar !== undefined && { escape: escapechar }),
    ...(doublequote !== undefined && { doubleQuote: doublequote }),
    ...(skipinitialspace !== undefined && { skipInitialSpace: skipinitialspace }),
  }
}

function itemsOf(input: InputSpec | undefined): readonly unknown[] {
  if (input === undefined || !('items' in input)) throw new UnknownName('items', input?.kind)
  return input.items
}

function partsOf(input: InputSpec | undefined): Readonly<Record<string, readonly unknown[]>> {
  if (input === undefined || !('parts' in input)) throw new UnknownName('parts', input?.kind)
  return input.parts
}

/** Partitions that each behave as a testing source, and tell when they end. */
class PartsSource extends FixedPartitionedSource<unknown, number> {
  readonly #parts: ReadonlyMap<string, TestingSource<unknown>>
  readonly #onEnd: () => void

  constructor(parts: Readonly<Record<string, readonly unknown[]>>, batchSize = 1, onEnd: () => void) {
    super()
    this.#onEnd = onEnd
    this.#parts = new Map(Object.entries(parts).map(([name, items]) => [name, new TestingSource(items.map(toMark), { batchSize })]))
  }

  override listParts(): string[] {
    return [...this.#parts.keys()]
  }

  override buildPart(forPart: string, resumeState: number | undefined): WatchedPartition {
    const source = this.#parts.get(forPart) as TestingSource<unknown>
    const [only] = source.listParts() as [string]
    return new WatchedPartition(source.buildPart(only, resumeState), this.#onEnd)
  }
}

class WatchedPartition extends StatefulSourcePartition<unknown, number> {
  readonly #partition: StatefulSourcePartition<unknown, number>
  readonly #onEnd: () => void

  constructor(partition: StatefulSourcePartition<unknown, number>, onEnd: () => void) {
    super()
    this.#partition = partition
    this.#onEnd = onEnd
  }

  override nextBatch(): ReturnType<StatefulSourcePartition<unknown, number>['nextBatch']> {
    const batch = this.#partition.nextBatch()
    if (batch === EOF) this.#onEnd()
    return batch
  }

  override nextAwake(): number | undefined {
    return this.#partition.nextAwake()
  }

  override snapshot(): number {
    return this.#partition.snapshot()
  }
}

function toMark(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !('$' in item)) return item
  return item.$ === 'EOF' ? TestingSource.EOF : TestingSource.ABORT()
}

/** One of its methods throws; the others would give an empty input. */
class ThrowingSource extends FixedPartitionedSource<unknown, number> {
  readonly #where: string

  constructor(where: string) {
    super()
    this.#where = where
  }

  override listParts(): string[] {
    this.#pass('list_parts')
    return ['part']
  }

  override buildPart(_forPart: string, _resumeState: number | undefined, _context: PartitionContext): StatefulSourcePartition<unknown, number> {
    this.#pass('build_part')
    return {
      nextBatch: () => {
        this.#pass('next_batch')
        return EOF
      },
      nextAwake: () => {
        this.#pass('next_awake')
        return undefined
      },
      snapshot: () => {
        this.#pass('snapshot')
        return 0
      },
      close: () => this.#pass('close'),
    }
  }

  #pass(method: string): void {
    if (method === this.#where) boom(method)
  }
}
