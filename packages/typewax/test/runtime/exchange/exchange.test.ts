import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { END, type Message } from '../../../src/runtime/batch.ts'
import type { Channel } from '../../../src/runtime/channel.ts'
import { Exchange } from '../../../src/runtime/exchange/exchange.ts'
import type { Packet } from '../../../src/runtime/exchange/packet.ts'

/** Two workers, with packets that arrive when they are asked for. */
function pair(
  limits: { edgeItems: number; packetItems: number },
  edges = 2,
): { sender: Exchange; receiver: Exchange; queues: Channel[]; packets: Packet[] } {
  const [there, back]: [Packet[], Packet[]] = [[], []]
  const clock = { ms: 0 }
  const link = (out: Packet[], incoming: Packet[]): { send(packet: Packet): void; receive(): Packet | undefined } => {
    return { send: (packet) => void out.push(packet), receive: () => incoming.shift() }
  }
  const sender = new Exchange(0, [undefined, link(there, back)], () => clock.ms, limits)
  const receiver = new Exchange(1, [link(back, there), undefined], () => clock.ms, limits)
  const queues: Channel[] = []
  for (let edge = 0; edge < edges; edge++) {
    sender.open(edge)
    queues.push(receiver.open(edge)[0] as Channel)
  }
  return { sender, receiver, queues, packets: there }
}

function send(exchange: Exchange, edge: number, values: readonly unknown[]): void {
  for (const value of values) exchange.sendItem(1, edge, 'step', undefined, value)
  exchange.sent(1, edge, values.length)
}

function drain(queue: Channel): unknown[] {
  const taken: unknown[] = []
  for (let message: Message | undefined = queue.shift(); message !== undefined; message = queue.shift()) {
    taken.push(...(message.kind === 'batch' ? message.values : [message.kind === 'barrier' ? `barrier ${message.epoch}` : message.kind]))
  }
  return taken
}

test('exchange: what is sent on an edge arrives in order, control messages in their place', () => {
  const sent = fc.array(fc.record({ edge: fc.nat(1), count: fc.nat(4), isFlushed: fc.boolean() }), { maxLength: 40 })
  fc.assert(
    fc.property(sent, fc.integer({ min: 1, max: 5 }), (calls, packetItems) => {
      const { sender, receiver, queues } = pair({ edgeItems: 1_000, packetItems })
      const due: unknown[][] = [[], []]
      for (const [number, { edge, count, isFlushed }] of calls.entries()) {
        const values = Array.from({ length: count }, (_, index) => `${number}.${index}`)
        if (count > 0) send(sender, edge, values)
        else sender.sendControl(1, edge, { kind: 'barrier', epoch: number })
        due[edge]?.push(...(count > 0 ? values : [`barrier ${number}`]))
        if (isFlushed) sender.flush(true)
      }
      sender.flush(true)
      receiver.receive()
      assert.deepEqual(queues.map(drain), due)
    }),
  )
})

test('exchange: an edge is full until enough was taken, and others are not', () => {
  const { sender, receiver, queues } = pair({ edgeItems: 4, packetItems: 1 })
  send(sender, 0, [1, 2, 3, 4])
  assert.deepEqual([sender.hasRoom(1, 0), sender.hasRoom(1, 1)], [false, true])
  receiver.receive()
  receiver.flush(false)
  sender.receive()
  assert.equal(sender.hasRoom(1, 0), false)
  drain(queues[0] as Channel)
  // A busy worker tells once a quarter of the bound is free.
  receiver.flush(false)
  sender.receive()
  assert.equal(sender.hasRoom(1, 0), true)
})

test('exchange: items wait for company, and go at once when there are many or nothing else is to do', () => {
  const { sender, packets } = pair({ edgeItems: 100, packetItems: 3 })
  send(sender, 0, [1])
  sender.flush(false)
  assert.equal(packets.length, 0)
  send(sender, 1, [2, 3])
  assert.equal(packets.length, 1)
  send(sender, 0, [4])
  sender.flush(true)
  assert.equal(packets.length, 2)
  sender.flush(true)
  assert.equal(packets.length, 2)
})

test('exchange: of watermarks in a row the last one goes', () => {
  const { sender, packets } = pair({ edgeItems: 100, packetItems: 100 })
  for (const watermarkMs of [1, 2, 3]) sender.sendControl(1, 0, { kind: 'watermark', watermarkMs, isIdle: false })
  sender.sendControl(1, 1, { kind: 'watermark', watermarkMs: 4, isIdle: false })
  sender.sendControl(1, 0, END)
  sender.flush(true)
  assert.deepEqual(
    packets[0]?.messages.map(([edge, message]) => [edge, message.kind === 'watermark' ? message.watermarkMs : message.kind]),
    [
      [0, 3],
      [1, 4],
      [0, 'end'],
    ],
  )
})
