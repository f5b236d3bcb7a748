/** Owns the random source. Whoever needs chance takes a function like `random` as an option; this file alone asks the machine for it. */

/** A number from 0 (included) to 1 (excluded). */
export function random(): number {
  return Math.random()
}
