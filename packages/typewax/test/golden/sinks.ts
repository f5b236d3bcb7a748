/** Owns the sinks of the cases: what `sink` of an `output` step says becomes a sink of typewax. */

import { join } from 'node:path'
import { DynamicSink, FixedPartitionedSink, type Sink, StatefulSinkPartition, StatelessSinkPartition } from '../../src/outputs/sink.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import type { SinkSpec, StepSpec } from './cases.ts'
import type { Observation } from './observation.ts'
import { boom, partFn, UnknownName } from './vocabulary.ts'

export function toSink({ id, sink }: StepSpec, observation: Observation, folder: string): Sink<unknown> {
  if (typeof sink !== 'object') return sink as unknown as Sink<unknown>
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
    default:
      throw new UnknownName('sink', `${sink.type} ${join(folder, sink.path)}`)
  }
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
