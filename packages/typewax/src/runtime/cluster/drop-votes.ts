/**
 * Owns which chunks of an earlier execution may go: one that several members took charge of, because its keys are spread over them now, goes when all
 * have said that nothing of theirs lives there. Pure.
 */

export class DropVotes {
  /** Votes that are missing, by chunk. Chunks that only one member knows are not here. */
  readonly #missing = new Map<number, number>()

  /** A chunk was given to some members. */
  expect(chunkId: number, votes: number): void {
    if (votes > 1) this.#missing.set(chunkId, votes)
  }

  /** A member has nothing in a chunk any more. Tells whether it may go. */
  vote(chunkId: number): boolean {
    const missing = (this.#missing.get(chunkId) ?? 1) - 1
    if (missing === 0) this.#missing.delete(chunkId)
    else this.#missing.set(chunkId, missing)
    return missing === 0
  }
}
