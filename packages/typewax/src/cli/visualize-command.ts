/** Owns `typewax visualize`: loads a flow and draws it. */

import { TypewaxError } from '../errors.ts'
import { loadFlow } from '../load-flow.ts'
import { planToText, toJson, toMermaid, toPlan } from '../visualize/index.ts'
import type { CliIo } from './io.ts'
import { describeOptions, oneOf, option, parseOptions } from './options.ts'

const DRAW = {
  mermaid: toMermaid,
  json: toJson,
  plan: (flow: Parameters<typeof toPlan>[0]) => planToText(toPlan(flow)),
}

const OPTIONS = {
  format: option<keyof typeof DRAW>({
    flags: '-f, --format <format>',
    help: 'mermaid, json or plan',
    parse: oneOf('mermaid', 'json', 'plan'),
    fallback: 'mermaid',
  }),
}

/**
 * Runs `typewax visualize …`.
 *
 * @throws `USAGE`, and what `loadFlow` throws
 */
export async function visualizeCommand(args: readonly string[], io: CliIo): Promise<void> {
  const { values, positionals, isHelpWanted } = parseOptions('visualize', OPTIONS, args, io.env)
  if (isHelpWanted) return void io.stdout.write(visualizeHelp())
  const [target, ...flowArgs] = positionals
  if (target === undefined) throw new TypewaxError('USAGE', 'which flow? Give its file, such as `typewax visualize flow.ts`')
  io.stdout.write(`${DRAW[values.format](await loadFlow(target, { args: flowArgs }))}\n`)
}

function visualizeHelp(): string {
  return `Usage: typewax visualize [options] flow.ts[:name] [-- args...]

Prints the steps of a flow, without running it.

Options:
${describeOptions(OPTIONS)}

mermaid  a flowchart of the steps as written, for documents and code review
json     every step, nested ones too, with its ports and where they are fed from
plan     the core steps that a worker executes, in order

Example:
  typewax visualize flow.ts > flow.mmd
`
}
