/** Owns the list of the queries that exist as flows. */

import { q0 } from './q0.ts'
import { q1 } from './q1.ts'
import { q2 } from './q2.ts'
import { q3 } from './q3.ts'
import { q13 } from './q13.ts'
import { q14 } from './q14.ts'
import { q15 } from './q15.ts'
import { q16 } from './q16.ts'
import { q17 } from './q17.ts'
import { q18 } from './q18.ts'
import { q19 } from './q19.ts'
import { q20 } from './q20.ts'
import { q21 } from './q21.ts'
import { q22 } from './q22.ts'
import { q23 } from './q23.ts'
import type { Query } from './query.ts'

export const QUERIES: readonly Query<unknown>[] = [q0, q1, q2, q3, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22, q23]
