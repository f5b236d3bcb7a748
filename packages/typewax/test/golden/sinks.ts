/** Owns the sinks of the cases: what `sink` of an `output` step says becomes a sink of typewax. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DirSink, FileSink } from '../../src/connectors/files/index.ts'
import { DynamicSink, FixedPartitionedSink, type Sink, type StatefulSinkPartition, type StatelessSinkPartition } from '../../src/outputs/sink.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import type { GoldenCase, SinkSpec, StepSpec } from './cases.ts'
import type { Observation } from './observation.ts'
import { boom, partFn } from './vocabulary.ts'

/** A sink for `output`; some take pairs only, which the flow finds out when it runs. */
export function toSink({ id, sink }: StepSpec, observation: Observation, folder: string): Sink<never> {
  if (typeof sink !== 'object') return sink as unknown as Sink<never>
  switch (sink.type) {
    case 'testing': {
      const items: unknown[] = []
      observation.outputs[id] = items
      return new TestingSink(items)
    }
    case 'parts':
      observation.parts[id] = {}
      return new RecordingSink(sink, id, observation)
    case 'throwing':
      return new ThrowingSink()
    case 'file':
      return new FileSink(join(folder, sink.path), terminator(sink))
    case 'dir':
      return new DirSink(join(folder, sink.path), {
        fileCount: sink.count,
        ...terminator(sink),
        ...(sink.assign !== undefined && { assignFile: partFn(sink.assign) }),
      })
  }
}

function terminator({ end }: { readonly end?: string }): { end?: string } {
  return end === undefined ? {} : { end }
}

/** The contents of all files that the sinks of a case write, by path. */
export function filesOf({ flow }: GoldenCase, folder: string): Record<string, string> {
  const paths = flow.steps.flatMap(({ sink }) => {
    if (typeof sink !== 'object') return []
    if (sink.type === 'file') return [sink.path]
    if (sink.type !== 'dir' || !existsSync(join(folder, sink.path))) return []
    return readdirSync(join(folder, sink.path)).map((name) => `${sink.path}/${name}`)
  })
  const existing = paths.filter((path) => existsSync(join(folder, path)))
  return Object.fromEntries(existing.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

type PartsSpec = Extract<SinkSpec, { type: 'parts' }>

/** Records what each partition gets. Nothing is rewound: the record is of one execution. */
class RecordingSink extends FixedPartitionedSink<unknown, number> {
  readonly #spec: PartsSpec
  readonly #stepId: string
  readonly #observation: Observation

  constructor(spec: PartsSpec, stepId: string, observation: Observation) {
    super()
    this.#spec = spec
    this.#stepId = stepId
    this.#observation = observation
  }

  override listParts(): string[] {
    this.#pass('list_parts')
    return [...this.#spec.parts]
  }

  override partFn(key: string): number {
    const name = this.#spec.partFn ?? 'adler32'
    return name === 'adler32' ? super.partFn(key) : partFn(name)(key)
  }

  override buildPart(forPart: string): StatefulSinkPartition<unknown, number> {
    this.#pass('build_part')
    return {
      writeBatch: (values) => {
        this.#pass('write_batch')
        const parts = this.#observation.parts[this.#stepId] as Record<string, unknown[]>
        parts[forPart] = [...(parts[forPart] ?? []), ...values]
      },
      snapshot: () => {
        this.#pass('snapshot')
        return 0
      },
      close: () => this.#pass('close'),
    }
  }

  #pass(method: string): void {
    if (method === this.#spec.throws) boom(method)
  }
}

class ThrowingSink extends DynamicSink<unknown> {
  override build(): StatelessSinkPartition<unknown> {
    return { writeBatch: () => boom('write_batch'), close: () => undefined }
  }
}
