/** Owns the loops of the transforms that never give more than one item for one: map, filter, filterMap, and the three that change keys. */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { ItemFunction, Transform } from '../../dataflow/step.ts'
import { type Batch, itemsOf, keyNotString, makeBatch, toKeyed } from '../batch.ts'
import { type Place, userFailure, wrongResult } from '../failure.ts'
import { checkSettled } from './settled.ts'

export type SimpleLoop = (batch: Batch) => Batch

/** Makes the loop of a transform, or `undefined` if it may expand. */
export function simpleLoop(step: PlanStep, transform: Transform): SimpleLoop | undefined {
  switch (transform.shape) {
    case 'map':
      return transform.on === 'item' ? mapItems(step, transform.fn) : mapValues(step, transform.fn)
    case 'filter':
      return filter(step, transform.on, transform.fn)
    case 'filterMap':
      return filterMap(step, transform.on, transform.fn)
    case 'keyOn':
      return keyOn(step, transform.fn)
    case 'keyed':
      return (batch) => toKeyed(batch, step.userStepId)
    case 'keyRm':
      return (batch) => makeBatch(undefined, toKeyed(batch, step.userStepId).values)
    default:
      return undefined
  }
}

const NO_KEY = ''

function mapItems(step: PlanStep, mapper: ItemFunction<unknown>): SimpleLoop {
  return (batch) => {
    const items = itemsOf(batch)
    const out: unknown[] = new Array(items.length)
    let index = 0
    try {
      for (; index < items.length; index++) out[index] = mapper(items[index], NO_KEY)
    } catch (error) {
      throw userFailure(step, 'mapper', error, placeOf(batch, items, index))
    }
    checkSettled(step, out)
    return makeBatch(undefined, out)
  }
}

function mapValues(step: PlanStep, mapper: ItemFunction<unknown>): SimpleLoop {
  return (incoming) => {
    const batch = toKeyed(incoming, step.userStepId)
    const { keys, values } = batch
    const out: unknown[] = new Array(values.length)
    let index = 0
    try {
      for (; index < values.length; index++) out[index] = mapper(values[index], keys[index] as string)
    } catch (error) {
      throw userFailure(step, 'mapper', error, placeOf(batch, values, index))
    }
    checkSettled(step, out)
    return makeBatch(keys, out)
  }
}

/** Keeps what the predicate is true of, with its key if there is one. */
function filter(step: PlanStep, on: 'item' | 'value', predicate: ItemFunction<boolean>): SimpleLoop {
  return (incoming) => {
    const batch = on === 'value' ? toKeyed(incoming, step.userStepId) : incoming
    const { keys, values } = batch
    const seen = on === 'value' ? values : itemsOf(batch)
    const outKeys: string[] | undefined = keys && []
    const out: unknown[] = []
    let index = 0
    try {
      for (; index < seen.length; index++) {
        const isKept = predicate(seen[index], keys === undefined ? NO_KEY : (keys[index] as string))
        if (isKept === true) {
          out.push(values[index])
          if (outKeys !== undefined) outKeys.push((keys as readonly string[])[index] as string)
        } else if (isKept !== false) throw wrongResult(step, 'predicate', 'a boolean', isKept, placeOf(batch, seen, index))
      }
    } catch (error) {
      throw userFailure(step, 'predicate', error, placeOf(batch, seen, index))
    }
    return makeBatch(outKeys, out)
  }
}

/** Maps and drops what became `undefined`; keys stay if it works on values. */
function filterMap(step: PlanStep, on: 'item' | 'value', mapper: ItemFunction<unknown>): SimpleLoop {
  return (incoming) => {
    const batch = on === 'value' ? toKeyed(incoming, step.userStepId) : incoming
    const { keys } = batch
    const seen = on === 'value' ? batch.values : itemsOf(batch)
    const outKeys: string[] | undefined = on === 'value' ? [] : undefined
    const out: unknown[] = []
    let index = 0
    try {
      for (; index < seen.length; index++) {
        const result = mapper(seen[index], keys === undefined ? NO_KEY : (keys[index] as string))
        if (result === undefined) continue
        out.push(result)
        if (outKeys !== undefined) outKeys.push((keys as readonly string[])[index] as string)
      }
    } catch (error) {
      throw userFailure(step, 'mapper', error, placeOf(batch, seen, index))
    }
    checkSettled(step, out)
    return makeBatch(outKeys, out)
  }
}

function keyOn(step: PlanStep, keyOf: (item: unknown) => string): SimpleLoop {
  return (batch) => {
    const items = itemsOf(batch)
    const keys: string[] = new Array(items.length)
    let index = 0
    try {
      for (; index < items.length; index++) {
        const key = keyOf(items[index])
        if (typeof key !== 'string') throw keyNotString(key, step.userStepId)
        keys[index] = key
      }
    } catch (error) {
      throw userFailure(step, 'key', error, placeOf(batch, items, index))
    }
    return makeBatch(keys, items)
  }
}

/** Where a function failed: the item, or the value, that it was called with. */
function placeOf(batch: Batch, seen: readonly unknown[], index: number): Place {
  const item = seen[index]
  return batch.keys === undefined ? { item } : { key: batch.keys[index] as string, item }
}
