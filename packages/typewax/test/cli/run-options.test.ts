/** Checks the arguments of `typewax run`. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRunArguments, runHelp } from '../../src/cli/run-options.ts'

const parse = (line: string, env: Record<string, string> = {}) => parseRunArguments(line === '' ? [] : line.split(' '), env)

function fails(line: string, message: RegExp, env: Record<string, string> = {}): void {
  assert.throws(() => parse(line, env), { code: 'USAGE', message })
}

test('parseRunArguments: gives the defaults when only the flow is named', () => {
  assert.deepEqual(parse('flow.ts'), {
    target: 'flow.ts',
    options: { args: [], workers: 1, epochIntervalMs: 10_000, backupIntervalMs: 0, dropState: [], renameState: {}, stopTimeoutMs: 20_000 },
    logLevel: 'warn',
    isQuiet: false,
  })
})

test('parseRunArguments: reads every option, short or long', () => {
  const line =
    'flow.ts:x -w 4 -r state -s 2.5 -b=60 --drop-state a --drop-state b/c --rename-state old=new=er --stop-timeout .5 --log-level debug --no-progress'
  assert.deepEqual(parse(line.replace('-b=60', '--backup=60')), {
    target: 'flow.ts:x',
    options: {
      args: [],
      workers: 4,
      recovery: 'state',
      epochIntervalMs: 2500,
      backupIntervalMs: 60_000,
      dropState: ['a', 'b/c'],
      renameState: { old: 'new=er' },
      stopTimeoutMs: 500,
    },
    logLevel: 'debug',
    isQuiet: true,
  })
})

test('parseRunArguments: takes 0 seconds for 0', () => {
  assert.equal(parse('flow.ts -s 0')?.options.epochIntervalMs, 0)
})

test('parseRunArguments: hands what follows -- to the flow', () => {
  assert.deepEqual(parse('flow.ts -w 2 -- -w 3 x')?.options.args, ['-w', '3', 'x'])
})

test('parseRunArguments: takes the environment when an option is not given', () => {
  const env = {
    TYPEWAX_WORKERS: '3',
    TYPEWAX_RECOVERY: 'state',
    TYPEWAX_DROP_STATE: 'a,b',
    TYPEWAX_RENAME_STATE: 'a=b,c=d',
    TYPEWAX_NO_PROGRESS: '1',
  }
  const call = parse('flow.ts', env)
  assert.equal(call?.options.workers, 3)
  assert.equal(call?.options.recovery, 'state')
  assert.deepEqual(call?.options.dropState, ['a', 'b'])
  assert.deepEqual(call?.options.renameState, { a: 'b', c: 'd' })
  assert.equal(call?.isQuiet, true)
  assert.equal(parse('flow.ts -w 2', env)?.options.workers, 2)
})

test('parseRunArguments: names option, rule and value when a value is wrong', () => {
  fails('flow.ts -w 0', /^-w, --workers <count>: must be a whole number from 1 to 9999; got "0"$/)
  fails('flow.ts -w 1.5', /whole number/)
  fails('flow.ts -s ten', /--epoch <seconds>: must be a number of seconds.*; got "ten"/)
  fails('flow.ts -s 1e3', /number of seconds/)
  fails('flow.ts --log-level loud', /must be one of debug, info, warn, error, silent; got "loud"/)
  fails('flow.ts -r s --rename-state x', /must have the form old=new; got "x"/)
  fails('flow.ts', /^TYPEWAX_WORKERS in the environment: must be a whole number.*; got ""/, { TYPEWAX_WORKERS: '' })
})

test('parseRunArguments: names an option that does not exist, the nearest one if any is near, and the help', () => {
  const help = '`typewax run --help` lists all'
  fails('flow.ts --wrokers 2', new RegExp(`^there is no option --wrokers; did you mean --workers\\? ${help}$`))
  fails('flow.ts --drop-stat=a', new RegExp(`^there is no option --drop-stat; did you mean --drop-state\\? ${help}$`))
  fails('flow.ts --log debug', /did you mean --log-level\?/)
  fails('flow.ts --hlep', /did you mean --help\?/)
  fails('flow.ts --verbose', new RegExp(`^there is no option --verbose; ${help}$`))
  fails('flow.ts -x', new RegExp(`^there is no option -x; ${help}$`))
})

test('parseRunArguments: refuses missing values and a missing flow', () => {
  fails('flow.ts -w', /'-w, --workers <value>' argument missing/)
  fails('flow.ts --no-progress=1', /does not take an argument/)
  fails('', /which flow\?/)
})

test('parseRunArguments: refuses options that do nothing without a store, except from the environment', () => {
  fails('flow.ts -b 5', /-b, --backup <seconds> is of no use without a recovery store/)
  fails('flow.ts --drop-state a', /--drop-state <id> is of no use/)
  assert.equal(parse('flow.ts', { TYPEWAX_BACKUP_SECONDS: '5' })?.options.backupIntervalMs, 5000)
})

test('runHelp: names every option and its variable', () => {
  assert.equal(parse('--help'), undefined)
  for (const text of [
    '--workers',
    '--recovery',
    '--epoch',
    '--backup',
    '--drop-state',
    '--rename-state',
    '--stop-timeout',
    '--log-level',
    '--no-progress',
  ]) {
    assert.ok(runHelp().includes(text), text)
  }
  assert.equal(runHelp().match(/^ {2}TYPEWAX_\w+$/gm)?.length, 9)
  assert.ok(
    runHelp()
      .split('\n')
      .every((line) => line.length <= 110),
  )
})
