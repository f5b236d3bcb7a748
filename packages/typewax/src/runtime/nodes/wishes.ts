/** Owns asking the logic of a key when it wants to be called next, and what it may answer. */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { AnyLogic } from '../../dataflow/step.ts'
import { userFailure, wrongReturn } from '../failure.ts'

/** Whether a logic is to be asked after each call. */
export function hasWishes(logic: AnyLogic | undefined): boolean {
  return logic?.notifyAt !== undefined || logic?.notifyAtWatermark !== undefined
}

/** When it wants to be called by the clock of the run. */
export function timeWish(step: PlanStep, key: string, logic: AnyLogic): number | undefined {
  let at: unknown
  try {
    at = logic.notifyAt?.()
  } catch (error) {
    throw userFailure(step, 'notifyAt', error, { key })
  }
  return checkWish(step, key, 'notifyAt', at)
}

/** At which watermark it wants to be called. */
export function watermarkWish(step: PlanStep, key: string, logic: AnyLogic): number | undefined {
  let at: unknown
  try {
    at = logic.notifyAtWatermark?.()
  } catch (error) {
    throw userFailure(step, 'notifyAtWatermark', error, { key })
  }
  return checkWish(step, key, 'notifyAtWatermark', at)
}

function checkWish(step: PlanStep, key: string, method: string, at: unknown): number | undefined {
  if (at === undefined || (typeof at === 'number' && !Number.isNaN(at))) return at
  throw wrongReturn(step, method, 'milliseconds since the epoch or undefined', at, { key })
}
