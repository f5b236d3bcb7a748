/** Owns a list of numbers that grows and is plain data: 8 bytes a number and up to half as much to spare, stored as a block. */

export interface Numbers {
  /** Beyond `count` it is spare room. */
  values: Float64Array
  count: number
}

/** Eight of them are still part of V8's own heap: small lists are quick to make. */
const FIRST_CAPACITY = 8

export function makeNumbers(): Numbers {
  return { values: new Float64Array(FIRST_CAPACITY), count: 0 }
}

export function append(numbers: Numbers, x: number): Numbers {
  if (numbers.count === numbers.values.length) reserve(numbers, numbers.count + 1)
  numbers.values[numbers.count++] = x
  return numbers
}

export function appendAll(into: Numbers, from: Numbers): Numbers {
  reserve(into, into.count + from.count)
  into.values.set(from.values.subarray(0, from.count), into.count)
  into.count += from.count
  return into
}

/** The numbers in ascending order, as a copy. */
export function sorted({ values, count }: Numbers): Float64Array {
  return values.slice(0, count).sort()
}

function reserve(numbers: Numbers, count: number): void {
  if (count <= numbers.values.length) return
  const values = new Float64Array(Math.max(count, Math.ceil(numbers.values.length * 1.5)))
  values.set(numbers.values)
  numbers.values = values
}
