/**
 * Owns how `runWorkers` runs: several logical workers in one thread, over an exchange whose delays a seed decides. The same seed gives the same interleaving, so
 * a test that fails can be repeated; other seeds give others.
 */

import type { Dataflow } from '../dataflow/dataflow.ts'
import { type Plan, toPlan } from '../dataflow/plan.ts'
import { executeCluster, type Listener, type Members } from '../runtime/cluster/cluster-execution.ts'
import { Member } from '../runtime/cluster/member.ts'
import type { Seat } from '../runtime/cluster/messages.ts'
import { untilEnded } from '../runtime/cluster/patience.ts'
import type { ExchangeLimits, Link } from '../runtime/exchange/exchange.ts'
import type { Packet } from '../runtime/exchange/packet.ts'
import type { Host } from '../runtime/host.ts'
import type { RunReport } from '../runtime/options.ts'
import type { RunWorkersOptions } from './run-workers.ts'
import { TestClock, turn } from './test-clock.ts'

/** What `runWorkers` does. */
export async function simulateWorkers(flow: Dataflow, options: RunWorkersOptions): Promise<RunReport> {
  const { recovery, seed = 1, startAtMs = 0, exchange, ...others } = options
  const simulation = new Simulation(seed, startAtMs)
  const plan = toPlan(flow)
  const run = executeCluster(plan, recovery, { ...others, host: simulation.host }, (seats, listener) => {
    return new SimulatedMembers(simulation, plan, seats, listener, exchange)
  })
  return await simulation.drive(run)
}

/** Longest time that a look at the clock may take, in simulated milliseconds. */
const MAX_LOOK_MS = 4

/** Turns of the event loop without anything to do before time goes on: for promises of the flow's own. */
const IDLE_TURNS = 20

/** Things that are to happen, one after the other; which lane goes next is chance. */
type Lane = (happen: () => void) => void

class Simulation {
  readonly host: Host
  readonly #clock: TestClock
  readonly #lanes: (() => void)[][] = []

  constructor(seed: number, startAtMs: number) {
    const clock = new TestClock({ startAtMs, seed })
    this.#clock = clock
    this.host = {
      now: clock.now,
      // Time passes with every look at the clock, or a worker would never give the others a turn.
      monotonicMs: () => {
        clock.pass(Math.floor(clock.random() * MAX_LOOK_MS))
        return clock.monotonicMs()
      },
      setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
      yieldTurn: this.lane(),
      random: () => clock.random(),
    }
  }

  /** Opens another lane. */
  lane(): Lane {
    const waiting: (() => void)[] = []
    this.#lanes.push(waiting)
    return (happen) => void waiting.push(happen)
  }

  /** Lets things happen until the run has ended. A timer that is due is one of them; if there is nothing else, time goes on to the next. */
  async drive<T>(run: Promise<T>): Promise<T> {
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    run.then(over, over)
    let idleTurns = 0
    while (!isOver) {
      await turn()
      const ready = this.#lanes.filter((waiting) => waiting.length > 0)
      const choice = Math.floor(this.#clock.random() * (this.#clock.isTimerDue ? ready.length + 1 : ready.length))
      const lane = ready[choice]
      idleTurns = lane === undefined ? idleTurns + 1 : 0
      if (lane !== undefined) lane.shift()?.()
      else if (idleTurns >= IDLE_TURNS || this.#clock.isTimerDue) await this.#clock.advanceToNext()
    }
    return await run
  }
}

class SimulatedMembers implements Members {
  readonly #simulation: Simulation
  readonly #members: readonly Member[]
  readonly #running: readonly Promise<void>[]
  readonly #orders: readonly Lane[]

  constructor(simulation: Simulation, plan: Plan, seats: readonly Seat[], listener: Listener, limits: ExchangeLimits | undefined) {
    this.#simulation = simulation
    const ways = new Ways(simulation, seats.length)
    this.#orders = seats.map(() => simulation.lane())
    this.#members = seats.map((seat) => {
      const { workerIndex } = seat
      const host = { ...simulation.host, yieldTurn: simulation.lane() }
      const told = simulation.lane()
      const tell: (message: Parameters<Listener['tell']>[1]) => void = (message) => {
        const copy = structuredClone(message)
        told(() => listener.tell(workerIndex, copy))
      }
      return new Member(seat, { host, links: ways.linksOf(workerIndex), tell, ...(limits && { limits }) }, plan.steps.length)
    })
    ways.onArrival = (to) => this.#members[to]?.wake()
    this.#running = this.#members.map((member) => member.run(plan))
  }

  tell(worker: number, message: Parameters<Members['tell']>[1]): void {
    const copy = structuredClone(message)
    this.#orders[worker]?.(() => this.#members[worker]?.receive(copy))
  }

  async close(): Promise<void> {
    for (const member of this.#members) member.cutOff()
    await untilEnded(Promise.all(this.#running), this.#simulation.host)
  }
}

/** The ways of packets from each member to each other one. */
class Ways {
  onArrival: (to: number) => void = () => {}
  readonly #count: number
  /** Packets that have arrived, by receiver and sender. */
  readonly #arrived: readonly (readonly Packet[][])[]
  readonly #lanes: readonly (readonly Lane[])[]

  constructor(simulation: Simulation, count: number) {
    this.#count = count
    const square = <T>(make: () => T): T[][] => Array.from({ length: count }, () => Array.from({ length: count }, make))
    this.#arrived = square((): Packet[] => [])
    this.#lanes = square(() => simulation.lane())
  }

  /** The ways between a member and the others, by index. */
  linksOf(own: number): (Link | undefined)[] {
    return Array.from({ length: this.#count }, (_, peer) => (peer === own ? undefined : this.#link(own, peer)))
  }

  #link(own: number, peer: number): Link {
    const incoming = this.#arrived[own]?.[peer] as Packet[]
    const outgoing = this.#arrived[peer]?.[own] as Packet[]
    const lane = this.#lanes[peer]?.[own] as Lane
    return {
      send: (packet) => {
        const copy = structuredClone(packet)
        lane(() => {
          outgoing.push(copy)
          this.onArrival(peer)
        })
      },
      receive: () => incoming.shift(),
    }
  }
}
