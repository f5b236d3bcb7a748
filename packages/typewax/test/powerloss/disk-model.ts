/**
 * Owns a model of a disk that loses power: fed with the recorded operations of a process, it says what may be on the disk after a crash at any point.
 * Content is safe once its file is synced; names are safe once their directory is. Of everything younger each operation may be there, may be missing,
 * or (a write) may be there in part, sector by sector, in any order. That is more than real file systems do.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const SECTOR_BYTES = 512
const NEWLINE = 10

export type Operation =
  | { readonly kind: 'create' | 'unlink' | 'sync' | 'mkdir'; readonly path: string }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'rename'; readonly path: string; readonly target: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Uint8Array }

/** Reads what `record.c` wrote. */
export function parseRecord(log: Uint8Array): Operation[] {
  const operations: Operation[] = []
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(NEWLINE, at)
    const head = new TextDecoder().decode(log.subarray(at, end))
    const [kind, offset, length] = head.split(' ', 3) as [Operation['kind'], string, string]
    const path = head.slice(kind.length + offset.length + length.length + 3)
    const bytes = log.subarray(end + 1, end + 1 + Number(length))
    at = end + 1 + Number(length)
    if (kind === 'write') operations.push({ kind, path, offset: Number(offset), bytes })
    else if (kind === 'truncate') operations.push({ kind, path, size: Number(offset) })
    else if (kind === 'rename') operations.push({ kind, path, target: new TextDecoder().decode(bytes) })
    else operations.push({ kind, path })
  }
  return operations
}

/** An inode: what is safe, and the operations on its content since. */
interface File {
  safe: Uint8Array
  pending: Extract<Operation, { kind: 'write' | 'truncate' }>[]
}

type NameChange = { readonly path: string; readonly file: File | undefined }

/** A disk to which operations are applied in order. */
export class Disk {
  /** Names as the process sees them, and as they are safe. */
  readonly #names = new Map<string, File>()
  readonly #safeNames = new Map<string, File>()
  readonly #pendingNames = new Map<string, NameChange[]>()

  apply(operation: Operation): void {
    const { path } = operation
    switch (operation.kind) {
      case 'mkdir':
        return
      case 'create':
        this.#rename(path, { safe: new Uint8Array(), pending: [] })
        return
      case 'unlink':
        this.#rename(path, undefined)
        return
      case 'rename':
        this.#rename(operation.target, this.#names.get(path))
        this.#rename(path, undefined)
        return
      case 'sync':
        this.#sync(path)
        return
      default:
        this.#names.get(path)?.pending.push(operation)
    }
  }

  /** Writes what may be left after a crash now below `target`; paths are taken relative to `root`. */
  crash(random: () => number, root: string, target: string): void {
    const names = new Map(this.#safeNames)
    // Changes of names in one directory reach the disk in order, up to any point.
    for (const changes of this.#pendingNames.values()) {
      const kept = Math.floor(random() * (changes.length + 1))
      for (const { path, file } of changes.slice(0, kept)) setOrDelete(names, path, file)
    }
    for (const [path, file] of names) {
      const to = join(target, path.slice(root.length))
      mkdirSync(dirname(to), { recursive: true })
      writeFileSync(to, survive(file, random))
    }
  }

  #rename(path: string, file: File | undefined): void {
    setOrDelete(this.#names, path, file)
    const directory = dirname(path)
    const changes = this.#pendingNames.get(directory)
    if (changes === undefined) this.#pendingNames.set(directory, [{ path, file }])
    else changes.push({ path, file })
  }

  #sync(path: string): void {
    const file = this.#names.get(path)
    if (file !== undefined) {
      for (const operation of file.pending) file.safe = applyTo(file.safe, operation)
      file.pending = []
    }
    for (const change of this.#pendingNames.get(path) ?? []) setOrDelete(this.#safeNames, change.path, change.file)
    this.#pendingNames.delete(path)
  }
}

function setOrDelete(names: Map<string, File>, path: string, file: File | undefined): void {
  if (file === undefined) names.delete(path)
  else names.set(path, file)
}

function survive(file: File, random: () => number): Uint8Array {
  let content = file.safe
  const mode = random()
  for (const operation of file.pending) {
    // Each crash has a mood, so that "nothing" and "all" happen as often as mixtures.
    const fate = mode < 0.2 ? 0 : mode < 0.4 ? 1 : random()
    if (fate < 0.4) continue
    if (fate >= 0.7 || operation.kind === 'truncate') content = applyTo(content, operation)
    else for (const sector of sectors(operation)) if (random() < 0.5) content = applyTo(content, sector)
  }
  return content
}

function* sectors(write: Extract<Operation, { kind: 'write' }>): Generator<Extract<Operation, { kind: 'write' }>> {
  for (let from = 0; from < write.bytes.length; ) {
    const until = Math.min(write.bytes.length, from + SECTOR_BYTES - ((write.offset + from) % SECTOR_BYTES))
    yield { ...write, offset: write.offset + from, bytes: write.bytes.subarray(from, until) }
    from = until
  }
}

function applyTo(content: Uint8Array, operation: Extract<Operation, { kind: 'write' | 'truncate' }>): Uint8Array {
  if (operation.kind === 'truncate') {
    const cut = new Uint8Array(operation.size)
    cut.set(content.subarray(0, operation.size))
    return cut
  }
  const grown = new Uint8Array(Math.max(content.length, operation.offset + operation.bytes.length))
  grown.set(content)
  grown.set(operation.bytes, operation.offset)
  return grown
}
