/** Owns what a worker thread does: loads the flow as the calling thread did, and runs one member of the cluster. */

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { toPlan } from './dataflow/plan.ts'
import { type LoadOptions, loadFlow } from './load-flow.ts'
import { Member } from './runtime/cluster/member.ts'
import type { FromMember, ToMember } from './runtime/cluster/messages.ts'
import { packError } from './runtime/cluster/packed-error.ts'
import { linkOver, type ThreadStart } from './runtime/cluster/threads.ts'
import { systemHost } from './runtime/system.ts'

/** Where the flow is. */
export interface FlowPlace extends LoadOptions {
  readonly target: string
}

const { seat, flow, ports } = workerData as ThreadStart<FlowPlace>
const coordinator = parentPort as MessagePort
const tell = (message: FromMember): void =>
  coordinator.postMessage(message, message.kind === 'epoch' ? message.write.chunks.map(({ blob }) => blob.buffer as ArrayBuffer) : [])

/** Messages that came before the flow was loaded. */
const early: ToMember[] = []
let member: Member | undefined

coordinator.on('message', (message: ToMember | { readonly kind: 'leave' }) => {
  if (message.kind === 'leave') leave()
  else if (member === undefined) early.push(message)
  else member.receive(message)
})

try {
  const plan = toPlan(await loadFlow(flow.target, flow))
  const links = ports.map((port) => port && linkOver(port, () => member?.wake()))
  member = new Member(seat, { host: systemHost, links, tell }, plan.steps.length)
  for (const message of early) member.receive(message)
  await member.run(plan)
} catch (error) {
  tell({ kind: 'failed', error: packError(error, seat.workerIndex) })
}

/** Without ways to anybody the thread ends, unless the flow keeps it. */
function leave(): void {
  member?.cutOff()
  for (const port of ports) port?.close()
  coordinator.close()
}
