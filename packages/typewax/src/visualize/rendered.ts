/**
 * Owns the rendered form of a flow: the nested steps as plain data, each port with the ports that feed it *as seen in its own scope*. A stream that
 * enters a composed step is attributed to the input port of that step for the steps inside; one that leaves it, to its output port for the steps
 * outside. All other pictures are drawn from this form.
 */

import { type Dataflow, isDataflow } from '../dataflow/dataflow.ts'
import type { Port, Step, StreamId } from '../dataflow/step.ts'
import { quote, TypewaxError } from '../errors.ts'

export interface RenderedPort {
  readonly typ: 'RenderedPort'
  readonly portName: string
  /** Id of the step, a dot, the name of the port. */
  readonly portId: string
  /** Ports that the streams come from, in the order of the streams; none for an output port of a core step. */
  readonly fromPortIds: readonly string[]
  readonly fromStreamIds: readonly StreamId[]
}

export interface RenderedOperator {
  readonly typ: 'RenderedOperator'
  readonly opType: string
  readonly stepName: string
  readonly stepId: string
  readonly inpPorts: readonly RenderedPort[]
  readonly outPorts: readonly RenderedPort[]
  readonly substeps: readonly RenderedOperator[]
}

export interface RenderedDataflow {
  readonly typ: 'RenderedDataflow'
  readonly flowId: string
  readonly substeps: readonly RenderedOperator[]
}

/** Within one scope: stream → the port it comes from. */
type Origins = Map<StreamId, string>

/**
 * Describes a flow as plain data.
 *
 * @throws `NOT_A_FLOW`
 */
export function toRendered(flow: Dataflow): RenderedDataflow {
  if (!isDataflow(flow)) throw new TypewaxError('NOT_A_FLOW', `expected a Dataflow; got ${quote(flow)}`)
  const origins: Origins = new Map()
  return { typ: 'RenderedDataflow', flowId: flow.flowId, substeps: flow.steps.map((step) => renderStep(step, origins)) }
}

/** Renders a step and enters its output ports into the origins of its scope. */
function renderStep(step: Step, origins: Origins): RenderedOperator {
  const inside: Origins = new Map()
  enter(step, step.inputs, inside)
  const substeps = step.substeps.map((substep) => renderStep(substep, inside))
  const rendered: RenderedOperator = {
    typ: 'RenderedOperator',
    opType: step.operator,
    stepName: step.name,
    stepId: step.stepId,
    inpPorts: step.inputs.map((port) => renderPort(step, port, port.streamIds, origins)),
    outPorts: step.outputs.map((port) => renderPort(step, port, step.core === undefined ? port.streamIds : [], inside)),
    substeps,
  }
  enter(step, step.outputs, origins)
  return rendered
}

function renderPort(step: Step, port: Port, streamIds: readonly StreamId[], origins: Origins): RenderedPort {
  return {
    typ: 'RenderedPort',
    portName: port.name,
    portId: portIdOf(step, port),
    fromPortIds: streamIds.map((streamId) => origins.get(streamId) ?? streamId),
    fromStreamIds: streamIds,
  }
}

function enter(step: Step, ports: readonly Port[], origins: Origins): void {
  for (const port of ports) for (const streamId of port.streamIds) origins.set(streamId, portIdOf(step, port))
}

function portIdOf(step: Step, port: Port): string {
  return `${step.stepId}.${port.name}`
}
