/**
 * Owns how options are declared, read and explained. Values come from the command line, else from the environment, else from the default. On top of
 * Node's `parseArgs`: a library for command lines takes a third of the time in which a small flow should have started.
 */

import { cut, isTypewaxError, messageOf, quote, TypewaxError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** One option. `T` is what the program gets. */
export interface OptionSpec<T> {
  /** Such as `-w, --workers <count>`; the last word is missing for a switch. The long name is the option's name. */
  readonly flags: string
  readonly help: string
  /** Name of the environment variable that stands in for it. */
  readonly env?: string
  /** Makes the value of the texts given: one, or any number for an option that may be repeated. A switch gets an empty text. Throws `USAGE`. */
  readonly parse: (texts: readonly string[]) => T
  /** The value if nothing is given. */
  readonly fallback: T
  /** Whether it may be repeated; in the environment the texts are separated by commas. */
  readonly isList?: boolean
}

/** Declares an option; only for the inference of its type. */
export function option<T>(spec: OptionSpec<T>): OptionSpec<T> {
  return spec
}

/** The options of a command, by the names under which the program gets their values. */
export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>

export interface Parsed<S extends OptionSpecs> {
  readonly values: { readonly [N in keyof S]: S[N] extends OptionSpec<infer T> ? T : never }
  /** Names of the options that stood on the command line itself. */
  readonly given: ReadonlySet<string>
  readonly positionals: readonly string[]
  readonly isHelpWanted: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads options and positional arguments; all that follows `--` is positional. `command`, such as `run`, is for the messages.
 *
 * @throws `USAGE`, saying what is wrong with which option
 */
export function parseOptions<S extends OptionSpecs>(command: string, specs: S, args: readonly string[], env: Environment): Parsed<S> {
  const { values: texts, positionals } = split(command, specs, args)
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(specs)) values[name] = readOption(spec, texts[longName(spec)], env)
  const given = new Set(Object.keys(specs).filter((name) => texts[longName(specs[name]!)] !== undefined))
  return { values: values as Parsed<S>['values'], given, positionals, isHelpWanted: texts.help !== undefined }
}

function split(
  command: string,
  specs: OptionSpecs,
  args: readonly string[],
): { values: Record<string, readonly string[] | undefined>; positionals: readonly string[] } {
  // Imported in the usual way, `node:util` is ten times as slow to load: the import makes all of its parts.
  const { parseArgs } = process.getBuiltinModule('node:util')
  const options: Record<string, { type: 'string' | 'boolean'; multiple: true; short?: string }> = {
    help: { type: 'boolean', multiple: true, short: 'h' },
  }
  for (const spec of Object.values(specs)) {
    const short = /^-(\w),/.exec(spec.flags)?.[1]
    options[longName(spec)] = { type: isSwitch(spec) ? 'boolean' : 'string', multiple: true, ...(short === undefined ? {} : { short }) }
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const texts = Object.entries(values).map(([name, list]) => [name, list?.map((text) => (typeof text === 'string' ? text : ''))] as const)
    return { values: Object.fromEntries(texts), positionals }
  } catch (error) {
    const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true })
    const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(options, token.name))
    if (unknown?.kind === 'option') throw unknownOption(command, unknown.rawName, Object.keys(options))
    throw new TypewaxError('USAGE', messageOf(error).replaceAll('\n', ' '))
  }
}

/** An option that the command does not have. One letter is too little to guess from. */
function unknownOption(command: string, given: string, names: readonly string[]): TypewaxError {
  const meant = given.startsWith('--') ? nearest(given.slice(2), names) : undefined
  const guess = meant === undefined ? '' : `did you mean --${meant}? `
  return new TypewaxError('USAGE', `there is no option ${cut(given)}; ${guess}\`typewax ${command} --help\` lists all`)
}

function readOption<T>(spec: OptionSpec<T>, texts: readonly string[] | undefined, env: Environment): T {
  if (texts !== undefined) return parseAs(spec, texts, spec.flags)
  const text = spec.env === undefined ? undefined : env[spec.env]
  if (text === undefined) return spec.fallback
  return parseAs(spec, spec.isList ? text.split(',') : [text], `${spec.env} in the environment`)
}

function parseAs<T>(spec: OptionSpec<T>, texts: readonly string[], where: string): T {
  try {
    return spec.parse(texts)
  } catch (error) {
    if (!isTypewaxError(error)) throw error
    throw new TypewaxError('USAGE', `${where}: ${error.message}; got ${quote(texts.at(-1))}`)
  }
}

/** Lists the options for a help text. */
export function describeOptions(specs: OptionSpecs): string {
  const rows = Object.values(specs).map((spec) => [spec.flags.startsWith('--') ? `    ${spec.flags}` : spec.flags, explain(spec)] as const)
  rows.push(['-h, --help', 'show this'])
  const width = Math.max(...rows.map(([flags]) => flags.length))
  return rows.map(([flags, help]) => `  ${flags.padEnd(width)}  ${help}`).join('\n')
}

function explain(spec: OptionSpec<unknown>): string {
  const isShown = typeof spec.fallback === 'number' || typeof spec.fallback === 'string'
  return isShown ? `${spec.help} (default ${spec.fallback})` : spec.help
}

/** Lists the environment variables for a help text. */
export function describeEnvironment(specs: OptionSpecs): string {
  const names = Object.values(specs).flatMap((spec) => (spec.env === undefined ? [] : [`  ${spec.env}`]))
  return `Environment, for options that are not given (lists are separated by commas):\n${names.join('\n')}`
}

function longName(spec: OptionSpec<unknown>): string {
  return /--([\w-]+)/.exec(spec.flags)![1]!
}

function isSwitch(spec: OptionSpec<unknown>): boolean {
  return !spec.flags.endsWith('>')
}

function lastOf(texts: readonly string[]): string {
  return texts.at(-1) ?? ''
}

// ---------------------------------------------------------------- parsers

export function parseSwitch(): boolean {
  return true
}

export function parseText(texts: readonly string[]): string {
  const text = lastOf(texts)
  if (text === '') throw new TypewaxError('USAGE', 'must not be empty')
  return text
}

export function parseTexts(texts: readonly string[]): readonly string[] {
  return texts.map((text) => parseText([text]))
}

export function parseCount(texts: readonly string[]): number {
  if (/^[1-9]\d{0,3}$/.test(lastOf(texts))) return Number(lastOf(texts))
  throw new TypewaxError('USAGE', 'must be a whole number from 1 to 9999')
}

export function parseSeconds(texts: readonly string[]): number {
  if (/^(\d+\.?\d*|\.\d+)$/.test(lastOf(texts))) return Number(lastOf(texts))
  throw new TypewaxError('USAGE', 'must be a number of seconds, such as 10 or 0.5')
}

/** Makes a parser for one of a few words. */
export function oneOf<const W extends string>(...words: readonly W[]): (texts: readonly string[]) => W {
  return (texts) => {
    const found = words.find((word) => word === lastOf(texts))
    if (found === undefined) throw new TypewaxError('USAGE', `must be one of ${words.join(', ')}`)
    return found
  }
}
