/** Owns the helpers of the type tests. Files named `*.types.ts` are compiled and never run: what they declare does not exist. */

import type { Dataflow, KeyedStream, Stream } from '../../src/index.ts'
import type { DynamicSink, FixedPartitionedSink } from '../../src/outputs/index.ts'

/** Exact equality of types: `any`, `readonly` and optional members count. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** `is<Expected>()(value)` compiles only if the type of the value is exactly the expected one. */
export declare function is<A>(): <B>(got: B, ...wrong: Equal<A, B> extends true ? [] : [expected: A, got: B]) => void

/** Compiles only if two values have exactly the same type. */
export declare function agree<A, B>(method: A, fn: B, ...wrong: Equal<A, B> extends true ? [] : [method: A, fn: B]): void

export interface Animal {
  name: string
}

export interface Dog extends Animal {
  tricks: number
}

export interface Order {
  at: number
  customer: string
  amount: number
}

export interface Customer {
  at: number
  name: string
}

export declare const flow: Dataflow
export declare const lines: Stream<string>
export declare const mixed: Stream<string | number | undefined>
export declare const dogs: Stream<Dog>
export declare const animals: Stream<Animal>
export declare const pairs: Stream<[string, string]>

export declare const counts: KeyedStream<number>
export declare const texts: KeyedStream<string>
export declare const orders: KeyedStream<Order>
export declare const customers: KeyedStream<Customer>

export declare const animalSink: DynamicSink<Animal>
export declare const dogSink: DynamicSink<Dog>
export declare const anySink: DynamicSink<unknown>
export declare const pairSink: DynamicSink<[string, number]>
export declare const textFiles: FixedPartitionedSink<string, { offset: number }>
