/** Owns the tests of the rule for what may be in a state. */

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { checkPlainData } from '../../src/recovery/plain-data.ts'

const PLAIN: Record<string, unknown> = {
  'a number': 1,
  'not a number': Number.NaN,
  'a string': 'text',
  'a boolean': true,
  null: null,
  undefined: undefined,
  'a bigint': 1n,
  'an object': { a: { b: [1, { c: 'd' }] } },
  'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
  'an array with holes': new Array(3),
  'a date': new Date(0),
  'a regular expression': /x/g,
  'a map': new Map<unknown, unknown>([['a', new Map([[{ b: 1 }, 2]])]]),
  'a set': new Set([1, 'a', new Set()]),
  'an array buffer': new ArrayBuffer(3),
  'typed arrays': [new Uint8Array(1), new Float64Array(1), new BigInt64Array(1), new DataView(new ArrayBuffer(1))],
  'a buffer': Buffer.from('x'),
  'an error': new TypeError('x', { cause: { a: 1 } }),
  'values of another realm': runInNewContext('({ a: [1], d: new Date(0), m: new Map([[1, 2]]), e: new RangeError("x"), u: new Uint8Array(1) })'),
}

for (const [what, value] of Object.entries(PLAIN)) {
  test(`checkPlainData: accepts ${what}`, () => strictEqual(checkPlainData(value), undefined))
}

class Account {
  balance = 1
}
class Registry extends Map {}
class Failure extends Error {}
const nameless = new (class {})()
const Imitation = class {}
Object.defineProperty(Imitation, 'name', { value: 'Map' })

const PROBLEMS: [what: string, value: unknown, path: string, got: string][] = [
  ['a function', () => 1, 'state', 'a function'],
  ['a symbol', { a: Symbol('x') }, 'state.a', 'a symbol'],
  ['an instance of a class', { items: [0, 1, 2, { url: new URL('https://example.org') }] }, 'state.items[3].url', 'an instance of URL'],
  ['an instance of a user class', [new Account()], 'state[0]', 'an instance of Account'],
  ['an instance of a class without name', [nameless], 'state[0]', 'an instance of an unnamed class'],
  ['a subclass of a built-in class', { a: new Registry() }, 'state.a', 'an instance of Registry'],
  ['a subclass of Error', { a: new Failure('x') }, 'state.a', 'an instance of Failure'],
  ['an inherited object', { a: Object.create({ b: 1 }) }, 'state.a', 'an object with a prototype of its own'],
  ['a promise', Promise.resolve(), 'state', 'an instance of Promise'],
  ['a weak map', { a: new WeakMap() }, 'state.a', 'an instance of WeakMap'],
  ['a value of a map', new Map([['a b', { c: () => 1 }]]), 'state.get("a b").c', 'a function'],
  ['a value of a map under a number', new Map([[7, () => 1]]), 'state.get(7)', 'a function'],
  ['a key of a map', new Map([[{ a: () => 1 }, 1]]), 'state.keys().a', 'a function'],
  ['a member of a set', new Set([() => 1]), 'state.values()', 'a function'],
  ['a cause', new Error('x', { cause: new Account() }), 'state.cause', 'an instance of Account'],
  ['a name that is no identifier', { 'a-b': () => 1 }, 'state["a-b"]', 'a function'],
  ['a class that is called Map', { a: new Imitation() }, 'state.a', 'an instance of Map'],
]

for (const [what, value, path, got] of PROBLEMS) {
  test(`checkPlainData: finds ${what}`, () => deepStrictEqual(checkPlainData(value), { path, got }))
}

test('checkPlainData: walks a cycle once', () => {
  const parent: { children: unknown[]; parent?: unknown } = { children: [] }
  for (let index = 0; index < 100; index++) parent.children.push({ parent, siblings: parent.children })
  parent.parent = parent
  strictEqual(checkPlainData(parent), undefined)
  parent.children.push({ parent, late: () => 1 })
  strictEqual(checkPlainData(parent)?.got, 'a function')
})

test('checkPlainData: walks shared objects in linear time', () => {
  let shared: unknown[] = []
  for (let depth = 0; depth < 60; depth++) shared = [shared, shared]
  strictEqual(checkPlainData(shared), undefined)
})

test('checkPlainData: names what is nested too deeply', () => {
  let deep: unknown = 1
  for (let depth = 0; depth < 100_000; depth++) deep = { deep }
  deepStrictEqual(checkPlainData(deep), { path: 'state', got: 'nested too deeply' })
})

test('checkPlainData: what it accepts comes back as it was', () => {
  const values = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: false })
  fc.assert(
    fc.property(values, (value) => {
      strictEqual(checkPlainData(value), undefined)
      deepStrictEqual(deserialize(serialize(value)), value)
    }),
  )
})
