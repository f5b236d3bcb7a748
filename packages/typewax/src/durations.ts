/** Owns the helpers that turn durations into milliseconds, the unit of every duration in the interface: `{ lengthMs: minutes(5) }`. */

/** For symmetry: milliseconds are the unit already. */
export function milliseconds(count: number): number {
  return count
}

export function seconds(count: number): number {
  return count * 1_000
}

export function minutes(count: number): number {
  return count * 60_000
}

export function hours(count: number): number {
  return count * 3_600_000
}

/** Days of 24 hours: a duration knows no time zone. */
export function days(count: number): number {
  return count * 86_400_000
}
