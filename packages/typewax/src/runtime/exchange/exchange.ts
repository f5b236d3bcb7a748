/**
 * Owns the way of items between the workers of a cluster: one for each worker. What is sent to another worker gathers for a moment and goes in one
 * packet; what comes is put into the queue of its edge at once, so that one full queue never hides what another step waits for. A sender stops when
 * too many of its items wait in the queue of a receiver, edge by edge.
 */

import { type Control, supersedes } from '../batch.ts'
import { Channel } from '../channel.ts'
import { type Edge, type PackedMessage, type Packet, pack, unpack } from './packet.ts'

/** The way to another worker. Packets arrive in order. */
export interface Link {
  send(packet: Packet): void
  /** Takes what has come, without waiting. */
  receive(): Packet | undefined
}

export interface ExchangeLimits {
  /** Items of an edge on their way to one worker, or in its queue, above which the sender is not activated any more. */
  readonly edgeItems: number
  /** Items that wait to be sent to one worker above which they go at once. */
  readonly packetItems: number
}

const LIMITS: ExchangeLimits = { edgeItems: 16_384, packetItems: 2_048 }
/** How long items wait for others to go with, at most. */
const PACKET_MS = 1

/** Another worker: what is gathering for it, and what is known of its queues. */
interface Peer {
  readonly link: Link
  messages: (readonly [edge: Edge, message: PackedMessage])[]
  /** Items of the last edge that gather. */
  open: { readonly edge: Edge; readonly stepId: string; readonly keys: string[] | undefined; readonly values: unknown[] } | undefined
  itemCount: number
  sinceMs: number
  /** Items sent and not yet taken, by edge. */
  readonly underWay: Map<Edge, number>
  /** Items taken and not yet told, by edge. */
  readonly taken: Map<Edge, number>
  takenCount: number
}

export class Exchange {
  readonly workerIndex: number
  readonly workerCount: number
  readonly #monotonicMs: () => number
  readonly #limits: ExchangeLimits
  readonly #peers: readonly (Peer | undefined)[]
  /** Queues of what comes, by edge and sender. */
  readonly #queues = new Map<Edge, (Channel | undefined)[]>()

  /** @param links By worker; none to itself. */
  constructor(workerIndex: number, links: readonly (Link | undefined)[], monotonicMs: () => number, limits: ExchangeLimits = LIMITS) {
    this.workerIndex = workerIndex
    this.workerCount = links.length
    this.#monotonicMs = monotonicMs
    this.#limits = limits
    this.#peers = links.map((link) => link && makePeer(link))
  }

  /** Makes the queues of an edge, by sender. What this worker sends itself does not come here: it goes into its queue directly. */
  open(edge: Edge): readonly Channel[] {
    const { edgeItems } = this.#limits
    const queues = this.#peers.map((peer) => new Channel(edgeItems, peer && ((items): void => this.#tookOut(peer, edge, items))))
    this.#queues.set(edge, queues)
    return queues
  }

  /** Whether more may be sent to another worker. */
  hasRoom(worker: number, edge: Edge): boolean {
    return (this.#peer(worker).underWay.get(edge) ?? 0) < this.#limits.edgeItems
  }

  /** Sends an item. */
  sendItem(worker: number, edge: Edge, stepId: string, key: string | undefined, value: unknown): void {
    const peer = this.#peer(worker)
    let { open } = peer
    if (open === undefined || open.edge !== edge || (open.keys === undefined) !== (key === undefined)) {
      this.#seal(peer)
      open = { edge, stepId, keys: key === undefined ? undefined : [], values: [] }
      peer.open = open
    }
    if (key !== undefined) (open.keys as string[]).push(key)
    open.values.push(value)
  }

  /** Takes note of items sent, after a batch. */
  sent(worker: number, edge: Edge, items: number): void {
    const peer = this.#peer(worker)
    if (peer.itemCount === 0 && peer.messages.length === 0) peer.sinceMs = this.#monotonicMs()
    peer.itemCount += items
    peer.underWay.set(edge, (peer.underWay.get(edge) ?? 0) + items)
    if (peer.itemCount >= this.#limits.packetItems) this.#dispatch(peer)
  }

  sendControl(worker: number, edge: Edge, control: Control): void {
    const peer = this.#peer(worker)
    this.#seal(peer)
    if (peer.itemCount === 0 && peer.messages.length === 0) peer.sinceMs = this.#monotonicMs()
    const last = peer.messages.at(-1)
    if (last?.[0] === edge && supersedes(control, last[1])) peer.messages.pop()
    peer.messages.push([edge, control])
  }

  /** Takes in what has come. Returns whether anything has. */
  receive(): boolean {
    let wasActive = false
    for (const [sender, peer] of this.#peers.entries()) {
      if (peer === undefined) continue
      for (let packet = peer.link.receive(); packet !== undefined; packet = peer.link.receive()) {
        this.#takeIn(sender, peer, packet)
        wasActive = true
      }
    }
    return wasActive
  }

  /** Sends what has waited long enough, or all. */
  flush(isAll: boolean): void {
    const nowMs = isAll ? 0 : this.#monotonicMs()
    for (const peer of this.#peers) {
      if (peer === undefined) continue
      const hasItems = peer.itemCount > 0 || peer.messages.length > 0
      const isDue = hasItems && (isAll || nowMs - peer.sinceMs >= PACKET_MS)
      // A sender that has come to a stop is told before its queue here runs dry.
      const mustTell = peer.takenCount > 0 && (isAll || peer.takenCount * 4 >= this.#limits.edgeItems)
      if (isDue || mustTell) this.#dispatch(peer)
    }
  }

  #takeIn(sender: number, peer: Peer, { messages, taken }: Packet): void {
    for (const [edge, items] of taken) peer.underWay.set(edge, (peer.underWay.get(edge) ?? 0) - items)
    for (const [edge, message] of messages) {
      const queue = this.#queues.get(edge)?.[sender]
      if (queue === undefined) throw new Error(`internal: worker ${sender} sent something for an unknown edge ${edge}`)
      queue.push(message.kind === 'batch' ? unpack(message) : message)
    }
  }

  #tookOut(peer: Peer, edge: Edge, items: number): void {
    peer.taken.set(edge, (peer.taken.get(edge) ?? 0) + items)
    peer.takenCount += items
  }

  #seal(peer: Peer): void {
    const { open } = peer
    if (open === undefined) return
    peer.open = undefined
    peer.messages.push([open.edge, pack(open.keys, open.values, open.stepId)])
  }

  #dispatch(peer: Peer): void {
    this.#seal(peer)
    peer.link.send({ messages: peer.messages, taken: [...peer.taken] })
    peer.messages = []
    peer.itemCount = 0
    peer.taken.clear()
    peer.takenCount = 0
  }

  #peer(worker: number): Peer {
    const peer = this.#peers[worker]
    if (peer === undefined) throw new Error(`internal: worker ${this.workerIndex} has no way to worker ${worker}`)
    return peer
  }
}

function makePeer(link: Link): Peer {
  return { link, messages: [], open: undefined, itemCount: 0, sinceMs: 0, underWay: new Map(), taken: new Map(), takenCount: 0 }
}
