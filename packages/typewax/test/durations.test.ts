/** Tests the helpers for durations. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { days, hours, milliseconds, minutes, seconds } from '../src/index.ts'

test('durations: are numbers of milliseconds', () => {
  assert.deepEqual([milliseconds(5), seconds(1.5), minutes(2), hours(1), days(1)], [5, 1_500, 120_000, 3_600_000, 86_400_000])
})
