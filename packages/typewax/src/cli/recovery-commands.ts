/** Owns the arguments of `typewax recovery init|inspect|backup`. */

import { quote, TypewaxError } from '../errors.ts'
import type { CliIo } from './io.ts'
import { describeOptions, option, parseCount, parseOptions, parseSwitch, parseText } from './options.ts'
import { recoveryBackup, recoveryInit, recoveryInspect } from './recovery-command.ts'

const OPTIONS = {
  step: option<string | undefined>({ flags: '--step <id>', help: 'inspect: the entries of one step', parse: parseText, fallback: undefined }),
  json: option({ flags: '--json', help: 'inspect: as JSON', parse: parseSwitch, fallback: false }),
}

/**
 * Runs `typewax recovery …`.
 *
 * @throws `USAGE`, and what the store has to say
 */
export async function recoveryCommands(args: readonly string[], io: CliIo): Promise<void> {
  const { values, positionals, isHelpWanted } = parseOptions('recovery', OPTIONS, args, io.env)
  const [command, dir, third, ...rest] = positionals
  if (isHelpWanted) return void io.stdout.write(recoveryHelp())
  if (command === undefined) throw new TypewaxError('USAGE', 'which command? One of init, inspect, backup')
  if (!['init', 'inspect', 'backup'].includes(command))
    throw new TypewaxError('USAGE', `unknown command ${quote(command)}; use init, inspect or backup`)
  if (dir === undefined) throw new TypewaxError('USAGE', `which store? Give its directory, such as \`typewax recovery ${command} state/\``)
  const surplus = command === 'inspect' ? third : rest[0]
  if (surplus !== undefined) throw new TypewaxError('USAGE', `one argument too many: ${quote(surplus)}`)
  const print = (line: string): void => void io.stdout.write(`${line}\n`)
  if (command === 'init') return await recoveryInit(dir, parseFiles(third), print)
  if (command === 'backup') return await recoveryBackup(dir, parseTarget(third), print)
  await recoveryInspect(dir, { ...(values.step === undefined ? {} : { step: values.step }), json: values.json }, print)
}

function parseFiles(text: string | undefined): number {
  if (text === undefined) throw new TypewaxError('USAGE', 'of how many files? `typewax recovery init state/ 4`')
  return parseCount([text])
}

function parseTarget(text: string | undefined): string {
  if (text === undefined) throw new TypewaxError('USAGE', 'where to? `typewax recovery backup state/ copy/`')
  return text
}

function recoveryHelp(): string {
  return `Usage: typewax recovery init <dir> <files>
       typewax recovery inspect [options] <dir>
       typewax recovery backup <dir> <target>

init     makes a store of several files. One file needs no init: \`typewax run -r dir\`
         makes it on first use
inspect  shows what a store holds; works while a run uses it
backup   copies a store, consistent in itself; works while a run uses it

Options:
${describeOptions(OPTIONS)}
`
}
