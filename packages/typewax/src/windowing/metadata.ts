/** Owns what is known of a window when it closes. */

export interface WindowMetadata {
  /** Start, in milliseconds since the epoch; inclusive. Of a session: the first timestamp. */
  readonly openTimeMs: number
  /** End, in milliseconds since the epoch; exclusive. Of a session: the last timestamp, inclusive. */
  readonly closeTimeMs: number
  /** Ids of windows that were merged into this one. Not those that had been merged into them before. */
  readonly mergedIds: ReadonlySet<number>
}
