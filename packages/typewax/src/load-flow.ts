/**
 * Owns how a flow is found in a file of the user: `flow.ts[:name]` is imported, the export is chosen and, if it is a function, called. Every worker
 * thread does this for itself. TypeScript is stripped by Node; only where Node cannot do that, tsx steps in if it is installed.
 */

import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Dataflow, isDataflow } from './dataflow/dataflow.ts'
import { messageOf, quote, TypewaxError } from './errors.ts'

export interface LoadOptions {
  /** Name of the export. Default: the name in the target, else `flow`, else the only Dataflow exported. */
  readonly export?: string
  /** Arguments for an export that is a function. */
  readonly args?: readonly string[]
}

type Exports = Readonly<Record<string, unknown>>

/**
 * Imports a flow. `target` is a URL or a path, relative to the working directory; a path may end with `:name`, the name of the export. An export that
 * is a function, async or not, is called with `args` and must return the flow. What the user's own code throws passes through.
 *
 * @throws `FLOW_FILE_NOT_FOUND`, `FLOW_NOT_EXPORTED`, `NOT_A_FLOW`, `MISSING_DEPENDENCY` if the file needs tsx
 */
export async function loadFlow(target: URL | string, options: LoadOptions = {}): Promise<Dataflow> {
  const { url, name } = parseTarget(target)
  if (url.protocol !== 'file:') throw new TypewaxError('FLOW_FILE_NOT_FOUND', `a flow is loaded from a file; got ${quote(url.href)}`)
  const path = fileURLToPath(url)
  const exports = await importFile(url.href, path)
  const wanted = options.export ?? name
  const found = wanted === undefined ? chooseExport(exports, path) : namedExport(exports, path, wanted)
  const flow = typeof found === 'function' ? await found(...(options.args ?? [])) : found
  if (isDataflow(flow)) return flow
  const what =
    typeof found === 'function'
      ? `${quote(found)} of ${path} must return a Dataflow`
      : `the export ${quote(wanted ?? 'flow')} of ${path} must be a Dataflow or a function that returns one`
  throw new TypewaxError('NOT_A_FLOW', `${what}; got ${quote(flow)}`)
}

/** Splits `path:name` at its last colon, if what follows is an identifier. */
export function parseTarget(target: URL | string): { readonly url: URL; readonly name: string | undefined } {
  if (typeof target !== 'string') return { url: target, name: undefined }
  const match = /^(.{2,}):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/su.exec(target)
  const [path, name] = match === null ? [target, undefined] : [match[1]!, match[2]]
  return { url: path.startsWith('file:') ? new URL(path) : pathToFileURL(resolve(path)), name }
}

function namedExport(exports: Exports, path: string, name: string): unknown {
  if (Object.hasOwn(exports, name)) return exports[name]
  throw new TypewaxError('FLOW_NOT_EXPORTED', `${path} has no export ${quote(name)}; ${listExports(exports)}`)
}

function chooseExport(exports: Exports, path: string): unknown {
  if (Object.hasOwn(exports, 'flow')) return exports.flow
  const flows = new Set(Object.values(exports).filter(isDataflow))
  if (flows.size === 1) return [...flows][0]
  const hint = flows.size === 0 ? `write \`export const flow = new Dataflow(…)\`` : `say which one: \`${path}:name\``
  const problem = flows.size === 0 ? `has no export \`flow\` and no other Dataflow` : `exports ${flows.size} flows and none is called \`flow\``
  throw new TypewaxError('FLOW_NOT_EXPORTED', `${path} ${problem}; ${hint}; ${listExports(exports)}`)
}

function listExports(exports: Exports): string {
  const names = Object.keys(exports)
  return names.length === 0 ? 'it exports nothing' : `it exports ${names.map((name) => `\`${name}\` (${kindOf(exports[name])})`).join(', ')}`
}

function kindOf(value: unknown): string {
  return isDataflow(value) ? 'Dataflow' : value === null ? 'null' : typeof value
}

/** Codes of Node for files whose types it cannot strip: enums and the like, files below `node_modules`, `.tsx`. */
const NOT_STRIPPABLE: ReadonlySet<unknown> = new Set([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNKNOWN_FILE_EXTENSION',
])

async function importFile(href: string, path: string): Promise<Exports> {
  try {
    return await import(href)
  } catch (error) {
    await checkFile(path)
    if (isReadAsCommonJs(error)) {
      const why = `Node takes ${path} for a CommonJS module; write \`"type": "module"\` into the nearest package.json, or name the file .mts or .mjs`
      throw new TypewaxError('FLOW_NOT_EXPORTED', why, { cause: error })
    }
    if (!NOT_STRIPPABLE.has((error as { readonly code?: unknown } | undefined)?.code)) throw error
    const { register } = await importTsx(path, error)
    register()
    return await import(href)
  }
}

/** Tells a missing file from a missing import in it. Only after a failure: loading `node:fs` takes time. */
async function checkFile(path: string): Promise<void> {
  const { statSync } = await import('node:fs')
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isFile()) return
  const problem = stats === undefined ? `there is no file ${path}` : `${path} is not a file`
  throw new TypewaxError(
    'FLOW_FILE_NOT_FOUND',
    `${problem}; give the path of the module that exports the flow, such as \`flow.ts\` or \`flow.ts:name\``,
  )
}

/** What a file written as an ES module gives below a package.json of type `commonjs`, as `npm init` writes it. */
function isReadAsCommonJs(error: unknown): boolean {
  return error instanceof SyntaxError && /^(Cannot use import statement outside a module|Unexpected token 'export')/.test(error.message)
}

async function importTsx(path: string, reason: unknown): Promise<{ register(): unknown }> {
  try {
    return await import('tsx/esm/api')
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    const message = `Node cannot run ${path} as it is: ${messageOf(reason).trim()}; write it with erasable TypeScript syntax only, or install tsx: \`npm install tsx\``
    throw new TypewaxError('MISSING_DEPENDENCY', message, { cause: reason })
  }
}
