/**
 * Owns `approxDistinct`: the number of different things, estimated in at most 4 KB. It is a HyperLogLog (Flajolet, Fusy, Gandouet and Meunier, 2007) of
 * 4,096 registers with hashes wide enough for any number of things, as in HyperLogLog++ (Heule, Nunkesser and Hall, 2013); few things are counted by their
 * hashes, as there. The estimate is Ertl's ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs no table of corrections.
 */

import type { Aggregate } from './aggregate.ts'
import { checkFunction } from './checks.ts'
import { type Distinguishable, toDistinguishable } from './distinct.ts'
import { hash53 } from './hash.ts'

/** The hashes of few things; of more, the registers. Which of the two depends on the number of things alone, so that merging is exact. */
export type DistinctSketch = Set<number> | Uint8Array

/** Above this many a set of hashes takes more memory than the registers. */
const MAX_HASHES = 64
const REGISTERS = 4_096
/** Of the 53 bits of a hash 12 choose the register. */
const RANK_BITS = 41

/**
 * Estimates the number of different things that `by` returns. Up to 64 it is exact; above, the standard error is 1.6 %: two of three estimates are closer
 * than that, 99.7 % are within 5 %. Merging costs no accuracy. The same things give the same estimate, in any order, on any machine.
 *
 * The state is at most 4 KB. 1 and '1' are two, -0 and 0 are one. Objects end the run with `WRONG_RETURN`, as with `distinct`.
 */
export function approxDistinct<V>(by: (value: V) => Distinguishable): Aggregate<V, DistinctSketch, number> {
  checkFunction('approxDistinct', 'by', by)
  return {
    create: () => new Set(),
    add: (sketch, value) => addHash(sketch, hash53(toDistinguishable('approxDistinct', by(value)))),
    merge,
    result: (sketch) => (isRegisters(sketch) ? Math.round(estimate(sketch)) : sketch.size),
  }
}

/** True in every realm, other than `instanceof`. */
function isRegisters(sketch: DistinctSketch): sketch is Uint8Array {
  return ArrayBuffer.isView(sketch)
}

function addHash(sketch: DistinctSketch, hash: number): DistinctSketch {
  if (isRegisters(sketch)) {
    register(sketch, hash)
    return sketch
  }
  sketch.add(hash)
  return sketch.size > MAX_HASHES ? toRegisters(sketch) : sketch
}

function merge(into: DistinctSketch, from: DistinctSketch): DistinctSketch {
  if (!isRegisters(from)) {
    let merged = into
    for (const hash of from) merged = addHash(merged, hash)
    return merged
  }
  const registers = isRegisters(into) ? into : toRegisters(into)
  for (let index = 0; index < REGISTERS; index++) registers[index] = Math.max(registers[index] as number, from[index] as number)
  return registers
}

function toRegisters(hashes: ReadonlySet<number>): Uint8Array {
  const registers = new Uint8Array(REGISTERS)
  for (const hash of hashes) register(registers, hash)
  return registers
}

/** Each register keeps the longest run of zeros that a hash of its own began with, plus 1. */
function register(registers: Uint8Array, hash: number): void {
  const high = Math.floor(hash / 2 ** 32)
  const index = high >>> 9
  const ahead = high & 0x1ff
  const rank = ahead === 0 ? 10 + Math.clz32(hash) : Math.clz32(ahead) - 22
  if (rank > (registers[index] as number)) registers[index] = rank
}

/** Ertl's "improved raw estimator", algorithm 6. */
function estimate(registers: Uint8Array): number {
  const histogram = new Float64Array(RANK_BITS + 2)
  for (let index = 0; index < REGISTERS; index++) histogram[registers[index] as number]! += 1
  let sum = REGISTERS * tau(1 - (histogram[RANK_BITS + 1] as number) / REGISTERS)
  for (let rank = RANK_BITS; rank >= 1; rank--) sum = (sum + (histogram[rank] as number)) / 2
  sum += REGISTERS * sigma((histogram[0] as number) / REGISTERS)
  return REGISTERS ** 2 / (2 * Math.LN2 * sum)
}

/** Corrects for registers that are still 0. The series is summed until it no longer changes. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY
  let [power, weight, sum, before] = [share, 1, share, Number.NaN]
  while (sum !== before) {
    power *= power
    before = sum
    sum += power * weight
    weight += weight
  }
  return sum
}

/** Corrects for registers that are full. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [root, weight, sum, before] = [share, 1, 1 - share, Number.NaN]
  while (sum !== before) {
    root = Math.sqrt(root)
    before = sum
    weight /= 2
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}
