/** Owns the picture of a flow as a Mermaid flowchart: the top-level steps, as the user wrote them, and the streams between them. */

import type { Dataflow } from '../dataflow/dataflow.ts'
import { type RenderedOperator, toRendered } from './rendered.ts'

/**
 * Draws the top-level steps of a flow as a Mermaid flowchart, for documents and code review.
 *
 * @throws `NOT_A_FLOW`
 */
export function toMermaid(flow: Dataflow): string {
  const { flowId, substeps } = toRendered(flow)
  const portNames = new Map(substeps.flatMap((step) => step.outPorts.map((port) => [port.portId, { step, name: port.portName }] as const)))
  const lines = substeps.flatMap((step) => {
    const edges = step.inpPorts.flatMap((port) =>
      port.fromPortIds.map((portId) => {
        const from = portNames.get(portId)
        return `${nodeId(from?.step)} -- "${label(`${from?.name} → ${port.portName}`)}" --> ${nodeId(step)}`
      }),
    )
    return [`${nodeId(step)}["${label(`${step.stepName} (${step.opType})`)}"]`, ...edges]
  })
  return ['flowchart TD', `subgraph "${label(`${flowId} (Dataflow)`)}"`, ...lines, 'end'].join('\n')
}

/** Words that Mermaid takes for itself at the start of an id. */
const RESERVED = /^(graph|flowchart|subgraph|end|style|linkStyle|classDef|class|click|call|href|default|interpolate|direction)/

/** The step id, with what Mermaid does not allow in an id replaced by its code point. */
function nodeId(step: RenderedOperator | undefined): string {
  const safe = (step?.stepId ?? '?').replace(/[^A-Za-z0-9_.]/gu, (character) => `_x${character.codePointAt(0)?.toString(16)}_`)
  return RESERVED.test(safe) ? `_${safe}` : safe
}

/** Text inside quotes. Mermaid writes entities with `#` where HTML has `&`. */
function label(text: string): string {
  return text.replace(/[#"<>`\\]/g, (character) => `#${character.charCodeAt(0)};`).replace(/\s+/g, ' ')
}
