/** Owns the negative type tests: each statement under `@ts-expect-error` is a mistake that the compiler has to find. */

import { Stream } from '../../src/index.ts'
import { DynamicSink, StatelessSinkPartition } from '../../src/outputs/index.ts'
import { AnimalSink, DogSink, TextSink } from './connectors.types.ts'
import { animals, counts, customers, type Dog, dogSink, lines, mixed, orders, textFiles } from './expect.ts'

// ---------------------------------------------------------------- keyed or not
// @ts-expect-error keyed operators exist on keyed streams only
lines.statefulMap('a', (state: number | undefined, line: string) => [state, line])
// @ts-expect-error the same for values
lines.mapValue('a', (line: string) => line)
// @ts-expect-error items are not pairs
lines.keyed('a')
// @ts-expect-error an array of unknown length is no pair
lines.map('a', (line) => line.split(',')).keyed('b')
// @ts-expect-error keys are strings
lines.map('a', (line) => [line.length, line]).keyed('b')
// @ts-expect-error keys are strings
lines.keyOn('a', (line) => line.length)
// @ts-expect-error keys are strings
lines.countFinal('a', (line) => line.length)
// @ts-expect-error a map ends the keyed part
counts.map('a', (pair) => pair).keyRm('b')

// ---------------------------------------------------------------- functions
// @ts-expect-error not iterable
lines.flatMap('a', (line) => line.length)
// @ts-expect-error not iterable
lines.map('a', (line) => line.length).flatten('b')
// @ts-expect-error not iterable
lines.flatMapBatch('a', (batch) => batch.length)
// @ts-expect-error a predicate returns a boolean
lines.filter('a', (line) => line.length)
// @ts-expect-error a predicate returns a boolean
lines.branch('a', (line) => line.length)
// @ts-expect-error a predicate returns a boolean
counts.filterValue('a', (n) => n)
// @ts-expect-error the items are strings
lines.map('a', (line: number) => line)
// @ts-expect-error an item may be undefined
mixed.map('a', (item) => item.length)
// @ts-expect-error no promise
lines.mapAsync('a', (line) => line)
// @ts-expect-error unknown option
lines.mapAsync('a', async (line) => line, { concurrency: 3 })
// @ts-expect-error the step id comes first
lines.map((line) => line)

// ---------------------------------------------------------------- state
// @ts-expect-error nothing tells the type of the state
counts.statefulMap('a', (sum, n) => [(sum ?? 0) + n, n])
// @ts-expect-error the state that is returned differs from the one that is taken
counts.statefulMap('a', (sum: number | undefined, n) => [`${sum}`, n])
// @ts-expect-error no pair of state and result
counts.statefulMap('a', (sum: number | undefined, n) => (sum ?? 0) + n)
// @ts-expect-error the results are not iterable
counts.statefulFlatMap('a', (sum: number | undefined, n) => [sum, n])
const forgetful = (sum: number | undefined) => ({ onItem: () => [[]] as const, snapshot: () => `${sum}` })
// @ts-expect-error the snapshot is not what the builder takes
counts.stateful('a', forgetful)
const zero = () => 0
// @ts-expect-error the folder returns another type than the builder
counts.foldFinal('a', zero, (sum, n) => `${sum}${n}`)
// @ts-expect-error both options are needed
counts.collect('a', { maxSize: 3 })

// ---------------------------------------------------------------- joins
// @ts-expect-error a side is not keyed
orders.join('a', [customers, lines])
// @ts-expect-error unknown mode
orders.join('a', [customers], { emit: 'sometimes' })
// @ts-expect-error unknown mode
orders.join('a', [customers], { insert: 'middle' })
// @ts-expect-error under 'final' a side may be missing
orders.join('a', [customers], { emit: 'final' }).mapValue('b', ([order]) => order.amount)

// ---------------------------------------------------------------- failures
// @ts-expect-error no stream, but { oks, errs }
lines.tryMap('a', (line) => line).map('b', (line) => line)
// @ts-expect-error a failure holds the item, not the result
lines.tryMap('a', (line) => line.length).errs.map('b', ({ item }) => item.toFixed())

// ---------------------------------------------------------------- sinks
// @ts-expect-error the sink wants dogs
animals.output('a', dogSink)
// @ts-expect-error the same with a class of the user's
animals.output('a', new DogSink())
// @ts-expect-error a partitioned sink of strings, numbers given
counts.output('a', textFiles)
// @ts-expect-error the same with a class of the user's
counts.output('a', new TextSink())
// @ts-expect-error a partitioned sink needs keys
lines.output('a', textFiles)
// @ts-expect-error an object literal is no sink
lines.output('a', { build: () => new AnimalSink().build() })
class NumberOut extends StatelessSinkPartition<number> {
  writeBatch(items: readonly number[]) {
    void items
  }
}
export class Wrong extends DynamicSink<Dog> {
  // @ts-expect-error the partition writes another type
  build() {
    return new NumberOut()
  }
}

// ---------------------------------------------------------------- streams and operators
// @ts-expect-error streams come from flows
new Stream()
// @ts-expect-error wrong argument for the operator
lines.through((stepId, up, separator: string) => up.flatMap(stepId, (line) => line.split(separator)), 'a', 1)
// @ts-expect-error the operator takes another stream
lines.through((stepId: string, up: typeof counts) => up.keyRm(stepId), 'a')
// @ts-expect-error a stream can't be awaited
lines.then('a')
