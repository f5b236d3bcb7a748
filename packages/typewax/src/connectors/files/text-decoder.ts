/** Owns the shape of what turns text into items: one implementation for each format. */

import type { TextBlock } from './text-block.ts'

export interface TextDecoder<X> {
  /** How many bytes the next block should have, if the format knows better than the default. */
  readonly wantBytes: number | undefined
  /** Takes the next block, or `undefined` at the end of the file. Called when `take` has given `undefined`. */
  feed(block: TextBlock | undefined): void
  /** Gives up to `maxItems` of the items there are; `undefined` if it needs another block. Throws `MalformedText`. */
  take(maxItems: number): X[] | undefined
  /** The offset in the file behind the last item taken. */
  position(): number
}
