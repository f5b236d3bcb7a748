/** Owns finding what was meant by a misspelt name. Pure. */

/** Names that differ in more than this share of their characters are other names. */
const MAX_DIFFERENCE = 1 / 3

/** Gives the name that `text` begins, or the one that is spelt most like it; `undefined` if none is near. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => text.length > 1 && name.startsWith(text))
  if (begun.length === 1) return begun[0]
  const ranked = names.map((name) => ({ name, distance: distance(text, name) })).sort((left, right) => left.distance - right.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= Math.max(text.length, best.name.length) * MAX_DIFFERENCE ? best.name : undefined
}

/** Edit distance: characters to insert, remove or replace, or neighbours to swap (optimal string alignment). */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, isSwap ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY))
    }
    ;[before, row] = [row, next]
  }
  return row[to.length]!
}
