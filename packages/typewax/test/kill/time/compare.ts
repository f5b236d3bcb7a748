/** Owns the verdict on a run: whether its output is that of a run without faults, as far as the plan demands, and whether that one is as it must be. */

import { missing } from '../lines.ts'
import type { Input, Item } from './items.ts'
import { type Demand, demandOf, type Plan } from './plan.ts'

/** Texts of files by name: `late`, or with several files `down-0`. */
export type Output = ReadonlyMap<string, string>

export interface Verdict {
  readonly lost: number
  readonly doubled: number
  /** Files with the right lines in a wrong order. */
  readonly disordered: number
  readonly messages: readonly string[]
}

export function compare(plan: Plan, expected: Output, got: Output): Verdict {
  let [lost, doubled, disordered] = [0, 0, 0]
  const messages: string[] = []
  for (const [name, text] of expected) {
    const other = got.get(name) ?? ''
    if (other === text) continue
    const [want, have] = [linesIn(text), linesIn(other)]
    const [fewer, more] = [missing(want, have), missing(have, want)]
    lost += fewer
    doubled += more
    const demand = demandOf(plan, name.split('-')[0] as string)
    if (fewer + more > 0) messages.push(`${name}: ${fewer} lines lost, ${more} too many`)
    else if (!isSameOrder(demand, want, have)) {
      disordered += 1
      messages.push(`${name}: the right lines in another order (demanded: ${demand})`)
    }
  }
  return { lost, doubled, disordered, messages }
}

/** Whether lines come in the same order within each group that the demand is about. */
function isSameOrder(demand: Demand, want: readonly string[], have: readonly string[]): boolean {
  if (demand === 'lines') return true
  if (demand === 'bytes') return false
  const end = demand === 'perKey' ? '|' : ' '
  const grouped = (lines: readonly string[]): string => {
    const groups = Object.groupBy(lines, (line) => line.slice(0, line.indexOf(end)))
    return JSON.stringify(Object.entries(groups).sort(([one], [other]) => (one < other ? -1 : 1)))
  }
  return grouped(want) === grouped(have)
}

/**
 * Says what is wrong with a run without faults: a stream without lines where there must be some, or others late than those that were made so.
 *
 * @returns `undefined`: nothing.
 */
export function complaint({ scenario, layout }: Plan, { tooLate }: Input, output: Output): string | undefined {
  if (![...output].some(([name, text]) => name.startsWith('down') && text !== '')) return 'nothing came out'
  if (scenario === 'chained' && output.get('meta') !== '') return 'windows were late for windows'
  const late = output.get('late')
  if (late === undefined || scenario === 'conserved' || (scenario !== 'joinWindow' && layout === 'spread')) return undefined
  const ids = new Set(linesIn(late).map((line) => Number(line.slice(line.indexOf(' ')))))
  const isSame = ids.size === tooLate.size && [...ids].every((id) => tooLate.has(id))
  return isSame ? undefined : `${ids.size} items came out late, and ${tooLate.size} were made so`
}

/**
 * Judges a run in which what is late depends on the order of arrival: each item comes out once, in a window or late, and each window once.
 *
 * The windows are tumbling, their results lists of ids.
 */
export function conserved(items: readonly Item[], output: Output): Verdict {
  const lines = [...output].filter(([name]) => name.startsWith('down')).flatMap(([, text]) => linesIn(text))
  const have = [...lines, ...linesIn(output.get('late') ?? '')]
    .flatMap((line) => JSON.parse(line.slice(line.indexOf(' '))) as number[] | number)
    .map(String)
  const want = items.map(({ id }) => String(id))
  const windows = lines.map((line) => line.slice(0, line.indexOf(' ')))
  const twice = missing(windows, [...new Set(windows)])
  const [lost, doubled] = [missing(want, have), missing(have, want) + twice]
  const messages = lost + doubled === 0 ? [] : [`${lost} items lost, ${doubled - twice} too many, ${twice} windows twice`]
  return { lost, doubled, disordered: 0, messages }
}

function linesIn(text: string): string[] {
  return text.split('\n').slice(0, -1)
}
