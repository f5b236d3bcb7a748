/** Owns what a join keeps of its sides and which rows that gives. Pure: it knows neither streams nor windows. */

/** Which values of a side are kept: the first one, the last one, or all. */
export const INSERT_MODES = ['first', 'last', 'product'] as const
export type InsertMode = (typeof INSERT_MODES)[number]

/** When rows are emitted: once all sides have a value, at the end, or at every value. */
export const EMIT_MODES = ['complete', 'final', 'running'] as const
export type EmitMode = (typeof EMIT_MODES)[number]

/** A row of a join: one value a side, in the order of the sides. Only a complete row has them all. */
export type JoinRow<T extends unknown[], E extends EmitMode> = E extends 'complete' ? T : Optional<T>

/** Which sides a row must have: all, the first, the last, or any of them. */
export const JOIN_KINDS = ['inner', 'left', 'right', 'outer'] as const
export type JoinKind = (typeof JOIN_KINDS)[number]

/** A row of a join of that kind: sides that it need not have are `undefined` if missing. */
export type RowOfKind<T extends unknown[], K extends JoinKind> = K extends 'inner'
  ? T
  : K extends 'left'
    ? T extends [infer First, ...infer Others]
      ? [First, ...Optional<Others>]
      : never
    : K extends 'right'
      ? T extends [...infer Others, infer Last]
        ? [...Optional<Others>, Last]
        : never
      : Optional<T>

type Optional<T extends unknown[]> = { [I in keyof T]: T[I] | undefined }

/** The values kept of each side. */
export type Seen = unknown[][]

/** A join that has seen nothing yet. */
export function nothingSeen(sideCount: number): Seen {
  return Array.from({ length: sideCount }, () => [])
}

/** Keeps a value of a side, as the mode says. */
export function insert(seen: Seen, side: number, value: unknown, mode: InsertMode): void {
  const values = seen[side] as unknown[]
  if (mode === 'product' || values.length === 0) values.push(value)
  else if (mode === 'last') values[0] = value
}

/** Tells whether each side has a value; `undefined` and `null` are values. */
export function isComplete(seen: Seen): boolean {
  return seen.every((values) => values.length > 0)
}

/** Tells whether the sides that a row of that kind must have are there. */
export function hasRequired(seen: Seen, kind: JoinKind): boolean {
  if (kind === 'outer') return true
  if (kind === 'inner') return isComplete(seen)
  return (seen.at(kind === 'left' ? 0 : -1) as unknown[]).length > 0
}

/** Gives all combinations of one value a side, `undefined` for a side without any. The rightmost side varies fastest. */
export function rowsOf(seen: Seen): unknown[][] {
  let rows: unknown[][] = [[]]
  for (const values of seen) {
    const choices = values.length === 0 ? [undefined] : values
    rows = rows.flatMap((row) => choices.map((value) => [...row, value]))
  }
  return rows
}
