/**
 * Owns a cluster of worker threads: member 0 runs in the calling thread, the others in threads of their own, which load the flow themselves. Between
 * any two members lies a message channel; the coordinator is in the calling thread.
 */

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Plan } from '../../dataflow/plan.ts'
import { messageOf, TypewaxError } from '../../errors.ts'
import type { Link } from '../exchange/exchange.ts'
import { buffersOf, type Packet } from '../exchange/packet.ts'
import type { Host } from '../host.ts'
import type { Listener, Members, StartMembers } from './cluster-execution.ts'
import { Member } from './member.ts'
import type { FromMember, Seat, ToMember } from './messages.ts'
import { untilEnded } from './patience.ts'

/** What a thread is started with. */
export interface ThreadStart<F> {
  readonly seat: Seat
  /** What tells where the flow is. */
  readonly flow: F
  /** Ways to the other members, by index. */
  readonly ports: readonly (MessagePort | undefined)[]
}

/** A way over a message port. Packets are taken at once where the worker looks for them, and wake it where it sleeps. */
export function linkOver(port: MessagePort, wake: () => void): Link {
  const inbox: Packet[] = []
  port.on('message', (packet: Packet) => {
    inbox.push(packet)
    wake()
  })
  return {
    send: (packet) => port.postMessage(packet, buffersOf(packet)),
    receive: () => inbox.shift() ?? (receiveMessageOnPort(port)?.message as Packet | undefined),
  }
}

/** @param entry The module that threads run, see `worker-thread.ts`. */
export function startThreads<F>(plan: Plan, entry: URL, flow: F): StartMembers {
  return (seats, listener, host) => {
    const ports = makePorts(seats.length)
    let own: Member | undefined
    const links = (ports[0] as readonly (MessagePort | undefined)[]).map((port) => port && linkOver(port, () => own?.wake()))
    own = new Member(seats[0] as Seat, { host, links, tell: (message) => later(() => listener.tell(0, message)) }, plan.steps.length)
    const threads = seats.slice(1).map((seat) => startThread(entry, { seat, flow, ports: ports[seat.workerIndex] as MessagePort[] }, listener))
    const running = own.run(plan)
    return new ThreadedMembers({ own, running, threads, ports: ports[0] as readonly (MessagePort | undefined)[], host })
  }
}

/** Messages within a thread come in their own turn, as those between threads do: nobody is called in the middle of something. */
function later(call: () => void): void {
  queueMicrotask(call)
}

/** A port for each ordered pair of members. */
function makePorts(count: number): (MessagePort | undefined)[][] {
  const ports = Array.from({ length: count }, () => new Array<MessagePort | undefined>(count).fill(undefined))
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      const { port1, port2 } = new MessageChannel()
      ;(ports[one] as (MessagePort | undefined)[])[other] = port1
      ;(ports[other] as (MessagePort | undefined)[])[one] = port2
    }
  }
  return ports
}

interface Thread {
  readonly worker: Worker
  readonly exit: Promise<void>
}

function startThread<F>(entry: URL, start: ThreadStart<F>, listener: Listener): Thread {
  const { workerIndex } = start.seat
  const worker = new Worker(entry, {
    workerData: start,
    transferList: start.ports.filter((port) => port !== undefined),
    name: `typewax worker ${workerIndex}`,
  })
  let isDone = false
  worker.on('message', (message: FromMember) => {
    isDone ||= message.kind === 'done' || message.kind === 'failed'
    listener.tell(workerIndex, message)
  })
  worker.on('error', (error) => listener.fail(died(workerIndex, messageOf(error), error)))
  const exit = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      if (!isDone) listener.fail(died(workerIndex, `it exited with code ${code}; did something call process.exit?`))
      resolve()
    })
  })
  return { worker, exit }
}

function died(workerIndex: number, how: string, cause?: unknown): TypewaxError {
  const message = `worker ${workerIndex} ended before its time: ${how}. What was committed is safe; the next run resumes after it`
  return new TypewaxError('WORKER_DIED', message, { domain: 'external', workerIndex, ...(cause !== undefined && { cause }) })
}

interface MemberThreads {
  readonly own: Member
  /** Ends with the own member. */
  readonly running: Promise<void>
  /** The other members, from the second on. */
  readonly threads: readonly Thread[]
  /** Ways of the own member. */
  readonly ports: readonly (MessagePort | undefined)[]
  readonly host: Host
}

class ThreadedMembers implements Members {
  readonly #parts: MemberThreads

  constructor(parts: MemberThreads) {
    this.#parts = parts
  }

  tell(worker: number, message: ToMember): void {
    const { own, threads } = this.#parts
    if (worker === 0) later(() => own.receive(message))
    else threads[worker - 1]?.worker.postMessage(message)
  }

  async close(): Promise<void> {
    const { own, running, threads, ports, host } = this.#parts
    own.cutOff()
    for (const { worker } of threads) worker.postMessage({ kind: 'leave' })
    for (const port of ports) port?.close()
    await untilEnded(Promise.all([running, ...threads.map(({ exit }) => exit)]), host)
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
  }
}
