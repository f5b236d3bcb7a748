/** Owns `typewax visualize`: loads a flow and draws it. */

import { loadFlow } from '../load-flow.ts'
import { planToText, toJson, toMermaid, toPlan } from '../visualize/index.ts'

/** Gives the text to print. */
export async function visualizeCommand(target: string, args: readonly string[], format: 'mermaid' | 'json' | 'plan'): Promise<string> {
  const flow = await loadFlow(target, { args })
  switch (format) {
    case 'mermaid':
      return toMermaid(flow)
    case 'json':
      return toJson(flow)
    case 'plan':
      return planToText(toPlan(flow))
  }
}
