/**
 * Owns where a key belongs: its hash, its key group, the worker that owns the group. The same in every version, on every machine: stores and other
 * processes rely on it. Pure.
 */

/** Key groups: the unit in which keys move between workers. */
export const GROUP_COUNT = 256

/** Both inclusive. */
export interface GroupRange {
  readonly firstGroup: number
  readonly lastGroup: number
}

export const ALL_GROUPS: GroupRange = { firstGroup: 0, lastGroup: GROUP_COUNT - 1 }

/** FNV-1a over the UTF-16 code units of a key, with the finaliser of MurmurHash3; unsigned 32 bits. */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export function groupOf(key: string): number {
  return keyHash(key) % GROUP_COUNT
}

/** The worker that owns a group: each has a range of them, as equal as can be. */
export function ownerOfGroup(group: number, workerCount: number): number {
  return Math.floor((group * workerCount) / GROUP_COUNT)
}

export function ownerOf(key: string, workerCount: number): number {
  return workerCount === 1 ? 0 : ownerOfGroup(groupOf(key), workerCount)
}

/** The groups of a worker. Empty (`firstGroup` above `lastGroup`) if there are more workers than groups. */
export function groupsOf(workerIndex: number, workerCount: number): GroupRange {
  const first = (worker: number): number => Math.ceil((worker * GROUP_COUNT) / workerCount)
  return { firstGroup: first(workerIndex), lastGroup: first(workerIndex + 1) - 1 }
}

export function overlap(one: GroupRange, other: GroupRange): boolean {
  return one.firstGroup <= other.lastGroup && other.firstGroup <= one.lastGroup
}
