/**
 * Owns a hash of 53 bits for things that are told apart by their value, for sketches: evenly spread, the same on every machine and in every version, as
 * its results are kept in states. Not for keys that an adversary chooses. It runs two lanes of MurmurHash3 (Appleby, 2011) over the UTF-16 code units,
 * with different constants, and lets the lanes mix at the end.
 */

import type { Distinguishable } from './distinct.ts'

/** Hashes to an integer from 0 to 2 ** 53 - 1. Different kinds hash differently: 1 is not '1'. */
export function hash53(value: Distinguishable): number {
  const text = typeof value === 'string' ? value : `${typeof value} ${value}`
  let high = typeof value === 'string' ? 0x2f0b4c47 : 0x7ed55d16
  let low = high ^ 0x165667b1
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = round(high ^ scramble(unit, 0xcc9e2d51, 0x1b873593), 0xe6546b64)
    low = round(low ^ scramble(unit, 0x239b961b, 0x38b34ae5), 0x561ccd1b)
  }
  high = finish(high ^ text.length)
  low = finish(low ^ text.length ^ high)
  high = finish(high + low)
  return (high >>> 11) * 2 ** 32 + (low >>> 0)
}

function scramble(unit: number, first: number, second: number): number {
  const mixed = Math.imul(unit, first)
  return Math.imul((mixed << 15) | (mixed >>> 17), second)
}

function round(hash: number, constant: number): number {
  return (Math.imul((hash << 13) | (hash >>> 19), 5) + constant) | 0
}

/** The last rounds of MurmurHash3: every bit that goes in changes half of those that come out. */
function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
