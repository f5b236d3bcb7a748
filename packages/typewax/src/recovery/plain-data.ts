/**
 * Owns the rule for what may be in a state: plain data, which comes back from a store as it went in. Structured clone takes more, but flattens it in
 * silence (a class instance becomes an object without methods, a `URL` becomes `{}`); here that is found, with the path to it.
 *
 * It runs for every state that is stored, so values without trouble are walked without allocating anything.
 */

import { Buffer } from 'node:buffer'

/** Something in a value that is not plain data. */
export interface PlainDataProblem {
  /** Where it is, from `state` on, such as `state.items[3].url`. */
  readonly path: string
  /** What it is, for a message: "a function", "an instance of URL". */
  readonly got: string
}

/**
 * The walk begins to remember where it was below this depth, which a cycle reaches at once, or after so many objects, in case many are shared.
 * Remembering from the start would triple its cost.
 */
const FREE_DEPTH = 16
const FREE_OBJECTS = 100_000

const OBJECT: unknown = Object.prototype
const ARRAY: unknown = Array.prototype

type Walk = (value: object, visit: Visit) => PlainDataProblem | undefined

/** How values of each kind are walked, by prototype: those whose kind says it all are not walked at all. */
const WALKS: ReadonlyMap<unknown, Walk | undefined> = new Map<unknown, Walk | undefined>([
  [OBJECT, walkObject],
  [null, walkObject],
  [ARRAY, walkArray as Walk],
  [Map.prototype, walkMap as Walk],
  [Set.prototype, walkSet as Walk],
  ...[Date, RegExp, ArrayBuffer, DataView].map(({ prototype }) => [prototype, undefined] as const),
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array].map(
    ({ prototype }) => [prototype, undefined] as const,
  ),
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, Buffer].map(({ prototype }) => [prototype, undefined] as const),
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(({ prototype }) => [prototype, walkError as Walk] as const),
])

/** The same by name, for values of another realm, such as the sandbox of a test runner. */
const WALKS_BY_NAME: ReadonlyMap<string, Walk | undefined> = new Map(
  [...WALKS].flatMap(([prototype, walk]) => (prototype === null ? [] : [[(prototype as object).constructor.name, walk] as const])),
)

/** Finds what in a value is not plain data: JSON types, `undefined`, bigint, Date, RegExp, Map, Set, ArrayBuffer and its views, built-in errors. */
export function checkPlainData(value: unknown): PlainDataProblem | undefined {
  if (typeof value === 'number' || typeof value === 'string') return undefined
  try {
    const problem = check(value, new Visit())
    return problem === undefined ? undefined : under('state', problem)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { path: 'state', got: 'nested too deeply' }
  }
}

/** Where the walk is, and where it was once it began to remember. */
class Visit {
  #depth = 0
  #count = 0
  #seen: Set<object> | undefined

  /** Whether an object must be walked: not if it is known to have been. After the walk comes `leave`. */
  enter(value: object): boolean {
    this.#depth += 1
    this.#count += 1
    if (this.#seen === undefined) {
      if (this.#depth <= FREE_DEPTH && this.#count <= FREE_OBJECTS) return true
      this.#seen = new Set()
    }
    if (this.#seen.has(value)) return false
    this.#seen.add(value)
    return true
  }

  leave(): void {
    this.#depth -= 1
  }
}

function check(value: unknown, visit: Visit): PlainDataProblem | undefined {
  switch (typeof value) {
    case 'object': {
      if (value === null) return undefined
      const problem = visit.enter(value) ? checkObject(value, visit) : undefined
      visit.leave()
      return problem
    }
    case 'function':
      return { path: '', got: 'a function' }
    case 'symbol':
      return { path: '', got: 'a symbol' }
    default:
      return undefined
  }
}

function checkObject(value: object, visit: Visit): PlainDataProblem | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === OBJECT) return walkObject(value, visit)
  if (prototype === ARRAY) return walkArray(value as unknown[], visit)
  const walk = WALKS.get(prototype)
  if (walk !== undefined) return walk(value, visit)
  return WALKS.has(prototype) ? undefined : checkForeign(value, prototype as object, visit)
}

/** A value whose prototype is not ours: plain data of another realm, or an instance of a class. */
function checkForeign(value: object, prototype: object, visit: Visit): PlainDataProblem | undefined {
  const maker: unknown = prototype.constructor
  if (typeof maker !== 'function' || maker.prototype !== prototype) return { path: '', got: 'an object with a prototype of its own' }
  if (WALKS_BY_NAME.has(maker.name) && isNative(maker)) return WALKS_BY_NAME.get(maker.name)?.(value, visit)
  return { path: '', got: maker.name === '' ? 'an instance of an unnamed class' : `an instance of ${maker.name}` }
}

function isNative(maker: object): boolean {
  return Function.prototype.toString.call(maker).endsWith('{ [native code] }')
}

function walkObject(value: object, visit: Visit): PlainDataProblem | undefined {
  for (const name in value) {
    const problem = check((value as Record<string, unknown>)[name], visit)
    if (problem !== undefined) return under(property(name), problem)
  }
  return undefined
}

function walkArray(value: readonly unknown[], visit: Visit): PlainDataProblem | undefined {
  for (let index = 0; index < value.length; index++) {
    const problem = check(value[index], visit)
    if (problem !== undefined) return under(`[${index}]`, problem)
  }
  return undefined
}

function walkMap(value: ReadonlyMap<unknown, unknown>, visit: Visit): PlainDataProblem | undefined {
  for (const [key, item] of value) {
    const keyProblem = check(key, visit)
    if (keyProblem !== undefined) return under('.keys()', keyProblem)
    const problem = check(item, visit)
    if (problem !== undefined) return under(typeof key === 'object' ? '.values()' : `.get(${printed(key)})`, problem)
  }
  return undefined
}

function walkSet(value: ReadonlySet<unknown>, visit: Visit): PlainDataProblem | undefined {
  for (const item of value) {
    const problem = check(item, visit)
    if (problem !== undefined) return under('.values()', problem)
  }
  return undefined
}

/** Of an error, name, message, stack and cause are stored. */
function walkError(value: Error, visit: Visit): PlainDataProblem | undefined {
  const problem = check(value.cause, visit)
  return problem === undefined ? undefined : under('.cause', problem)
}

function under(prefix: string, { path, got }: PlainDataProblem): PlainDataProblem {
  return { path: prefix + path, got }
}

function property(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

function printed(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : String(key)
}
