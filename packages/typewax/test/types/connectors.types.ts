/** Owns the type tests of sources and sinks: classes of a user's, written without more annotations than they need. */

import type { Batch, PartitionContext, Stream } from '../../src/index.ts'
import { DynamicSource, EOF, FixedPartitionedSource, StatefulSourcePartition, StatelessSourcePartition } from '../../src/inputs/index.ts'
import { DynamicSink, FixedPartitionedSink, StatefulSinkPartition, StatelessSinkPartition } from '../../src/outputs/index.ts'
import { type Animal, animalSink, anySink, counts, type Dog, dogSink, dogs, flow, is, lines, pairSink, pairs, textFiles, texts } from './expect.ts'

class Numbers extends StatefulSourcePartition<number, number> {
  #next = 0

  nextBatch() {
    return this.#next > 3 ? EOF : [this.#next++]
  }

  snapshot() {
    return this.#next
  }
}

export class NumberSource extends FixedPartitionedSource<number, number> {
  listParts() {
    return ['numbers']
  }

  buildPart(_forPart: string, _resumeState: number | undefined, { stepId }: PartitionContext) {
    void stepId
    return new Numbers()
  }
}

class AsyncNumbers extends StatelessSourcePartition<number> {
  async nextBatch(): Promise<Batch<number>> {
    return Math.random() > 2 ? EOF : [1]
  }

  override async close() {}
}

class AsyncSource extends DynamicSource<number> {
  async build() {
    return new AsyncNumbers()
  }
}

class TextFile extends StatefulSinkPartition<string, number> {
  async writeBatch(values: readonly string[]) {
    void values.length
  }

  snapshot() {
    return 0
  }
}

export class TextSink extends FixedPartitionedSink<string, number> {
  async listParts() {
    return ['text']
  }

  buildPart() {
    return new TextFile()
  }
}

class AnimalFile extends StatefulSinkPartition<Animal, number> {
  writeBatch(values: readonly Animal[]) {
    void values.length
  }

  snapshot() {
    return 0
  }
}

class AnimalBook extends FixedPartitionedSink<Animal, number> {
  listParts() {
    return ['book']
  }

  buildPart() {
    return new AnimalFile()
  }
}

class AnimalOut extends StatelessSinkPartition<Animal> {
  writeBatch(items: readonly Animal[]) {
    void items.length
  }
}

export class AnimalSink extends DynamicSink<Animal> {
  build() {
    return new AnimalOut()
  }
}

class DogOut extends StatelessSinkPartition<Dog> {
  writeBatch(items: readonly Dog[]) {
    void items.length
  }
}

export class DogSink extends DynamicSink<Dog> {
  build() {
    return new DogOut()
  }
}

is<Stream<number>>()(flow.input('a', new NumberSource()))
is<Stream<number>>()(flow.input('a', new AsyncSource()))

// What accepts animals accepts dogs.
export const asAnimals: Stream<Animal> = dogs
lines.output('a', anySink)
dogs.output('a', animalSink)
dogs.output('a', dogSink)
dogs.output('a', new AnimalSink())
dogs.keyOn('k', (dog) => dog.name).output('a', new AnimalBook())
counts.output('a', pairSink)
texts.output('a', textFiles)
// Pairs that are not keyed yet.
pairs.output('a', textFiles)
pairs.output('a', new TextSink())
