/** Owns the assignment of partitions to workers, and the order of keys. Pure: every worker computes the same. */

import { Buffer } from 'node:buffer'

/** Code units from here on may sort differently as UTF-8 bytes than as UTF-16: surrogates stand for code points above all of them. */
const FIRST_SURROGATE = 0xd800

/** Compares two strings by their UTF-8 bytes. */
export function compareUtf8(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)]
    if (a === b) continue
    if (a < FIRST_SURROGATE || b < FIRST_SURROGATE) return a - b
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  }
  return left.length - right.length
}

/**
 * Assigns each partition to the worker that builds it. Partitions that fewer workers list go first, then by name; each goes to the worker, among
 * those that list it, with the fewest so far, the lowest index at a tie.
 *
 * @param listed What each worker lists; equal names are one partition.
 * @returns Index of the worker by partition, partitions in ascending order of their UTF-8 bytes.
 */
export function assignPartitions(listed: readonly (readonly string[])[]): Map<string, number> {
  const candidates = new Map<string, number[]>()
  listed.forEach((parts, workerIndex) => {
    for (const part of new Set(parts)) candidates.set(part, [...(candidates.get(part) ?? []), workerIndex])
  })
  const names = [...candidates.keys()].sort(compareUtf8)
  const byScarcity = [...names].sort((a, b) => workersOf(a).length - workersOf(b).length)
  const load = listed.map(() => 0)
  const assigned = new Map<string, number>()
  for (const name of byScarcity) {
    const worker = workersOf(name).reduce((best, each) => ((load[each] as number) < (load[best] as number) ? each : best))
    load[worker] = (load[worker] as number) + 1
    assigned.set(name, worker)
  }
  return new Map(names.map((name) => [name, assigned.get(name) as number]))

  function workersOf(name: string): number[] {
    return candidates.get(name) as number[]
  }
}
