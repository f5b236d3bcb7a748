/** Owns the rules of comparing, as `README.md` has them under "Comparing". Every function gives the first difference, or `undefined` if there is none. */

import type { Rule } from './cases.ts'

/** A difference in words. */
export type Difference = string | undefined

/** Compares items by a rule. */
export function compareItems(expected: readonly unknown[], actual: readonly unknown[], rule: Rule): Difference {
  if (rule === 'multiset') return compareLists(sorted(expected), sorted(actual))
  return rule === 'perKey' ? comparePerKey(expected, actual) : compareLists(expected, actual)
}

/**
 * Compares the items of an engine that visits keys in the order of their arrival, and in ascending order only at the end of input.
 *
 * @param data The rule for what is emitted while data comes: the first `dataCount` items.
 */
export function compareArrivals(expected: readonly unknown[], actual: readonly unknown[], data: Rule, dataCount: number): Difference {
  const before = compareItems(expected.slice(0, dataCount), actual.slice(0, dataCount), data)
  return before ?? compareItems(expected.slice(dataCount), actual.slice(dataCount), 'ordered')
}

/** Compares values by their structure. */
export function compareValues(expected: unknown, actual: unknown): Difference {
  const [left, right] = [canonical(expected), canonical(actual)]
  return left === right ? undefined : `expected ${left}, got ${right}`
}

function comparePerKey(expected: readonly unknown[], actual: readonly unknown[]): Difference {
  const [left, right] = [byKey(expected), byKey(actual)]
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const difference = compareLists(left.get(key) ?? [], right.get(key) ?? [])
    if (difference !== undefined) return `key ${JSON.stringify(key)}: ${difference}`
  }
  return undefined
}

function byKey(items: readonly unknown[]): Map<unknown, unknown[]> {
  const groups = new Map<unknown, unknown[]>()
  for (const item of items) {
    const [key] = item as [string, unknown]
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function compareLists(expected: readonly unknown[], actual: readonly unknown[]): Difference {
  for (let index = 0; index < Math.max(expected.length, actual.length); index++) {
    if (index >= actual.length) return `item ${index} is missing: ${canonical(expected[index])}`
    if (index >= expected.length) return `item ${index} is too much: ${canonical(actual[index])}`
    const difference = compareValues(expected[index], actual[index])
    if (difference !== undefined) return `item ${index}: ${difference}`
  }
  return undefined
}

function sorted(items: readonly unknown[]): unknown[] {
  const texts = new Map(items.map((item) => [item, canonical(item)] as const))
  return [...items].sort((a, b) => ((texts.get(a) as string) < (texts.get(b) as string) ? -1 : 1))
}

/** A text that is the same for equal values: JSON as `README.md` has it, members sorted, the absent value as `null`. */
export function canonical(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  if (value instanceof Map) return canonical(Object.fromEntries(value))
  if (value instanceof Set) return canonical({ $set: [...value] })
  if ('$set' in value && Array.isArray(value.$set)) return `{"$set":[${value.$set.map(canonical).sort().join(',')}]}`
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.sort().join(',')}}`
}
