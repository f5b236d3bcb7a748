/**
 * Owns the loading of state for the members of a cluster: once all of them have asked for a step it is read once, and each member gets the chunks with
 * key groups of its own. Remembers which chunks several of them got.
 */

import type { StoredChunk } from '../../recovery/store.ts'
import { type GroupRange, overlap } from '../key-groups.ts'
import type { DropVotes } from './drop-votes.ts'

export class Loads {
  readonly #memberCount: number
  readonly #votes: DropVotes
  /** Who has asked for a step, and for which key groups. */
  readonly #asked = new Map<string, (GroupRange | undefined)[]>()

  constructor(memberCount: number, votes: DropVotes) {
    this.#memberCount = memberCount
    this.#votes = votes
  }

  /** Takes note of what a member asks for. Returns what all of them asked for, once they have. */
  ask(member: number, stepId: string, range: GroupRange): readonly GroupRange[] | undefined {
    const asked = this.#asked.get(stepId) ?? new Array<GroupRange | undefined>(this.#memberCount).fill(undefined)
    asked[member] = range
    this.#asked.set(stepId, asked)
    return asked.includes(undefined) ? undefined : (asked as GroupRange[])
  }

  /** Shares the chunks of a step out: by member, newest first. */
  async share(chunks: AsyncIterable<StoredChunk>, ranges: readonly GroupRange[]): Promise<StoredChunk[][]> {
    const shares = ranges.map((): StoredChunk[] => [])
    for await (const chunk of chunks) {
      const takers = shares.filter((_, member) => overlap(chunk, ranges[member] as GroupRange))
      for (const share of takers) share.push(chunk)
      this.#votes.expect(chunk.id, takers.length)
    }
    return shares
  }
}
