/** Owns what window drivers emit: results, late values and metadata in one stream, to be told apart behind the stateful step. */

import type { WindowMetadata } from './metadata.ts'

/**
 * When a result came: before its window was over, when the watermark reached its end, or after, because of a late value. A window gives one result on
 * time at most.
 */
export type Timing = 'early' | 'onTime' | 'late'

/** What the driver emits. A late value gives one event for each window that it would have been in. */
export type WindowEvent<V, W> =
  | readonly [windowId: number, kind: 'down', result: W, timing: Timing, metadata: WindowMetadata]
  | readonly [windowId: number, kind: 'late', value: V]
  | readonly [windowId: number, kind: 'meta', metadata: WindowMetadata]
