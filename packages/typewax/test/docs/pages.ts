/**
 * Owns reading the documentation as tests see it: pages, their code blocks, tables, links and headings. A comment `<!-- given … -->` right before a `ts`
 * block or a table holds declarations that its code relies on and that readers need not see.
 */

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../../../', import.meta.url))

export interface Page {
  /** Relative to the root, such as `docs/errors.md`. */
  readonly path: string
  readonly text: string
}

export interface Block {
  readonly page: string
  /** 1-based line of the fence. */
  readonly line: number
  readonly language: string
  /** Hidden declarations before it; `undefined` if there are none. */
  readonly given: string | undefined
  readonly code: string
}

export interface Row {
  readonly page: string
  readonly line: number
  readonly cells: readonly string[]
  readonly given: string | undefined
}

/** All pages that users read. */
export function readPages(): Page[] {
  return globSync(['*.md', 'docs/**/*.md', 'examples/*.md'], { cwd: ROOT }).sort().map(readPage)
}

/** A page by its path from the root. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') }
}

/** The fenced blocks of a page, in order. */
export function blocksOf({ path, text }: Page): Block[] {
  const fences = text.matchAll(/(?:^<!-- given\n((?:(?!-->)[\s\S])*)-->\n+)?^```(\w+)\n([\s\S]*?)^```$/gm)
  return [...fences].map((match) => {
    const fence = match.index + match[0].indexOf('```')
    return { page: path, line: lineAt(text, fence), language: match[2]!, given: match[1], code: match[3]! }
  })
}

/** The rows of all tables of a page, without their heads. */
export function rowsOf({ path, text }: Page): Row[] {
  const tables = text.matchAll(/(?:^<!-- given\n((?:(?!-->)[\s\S])*)-->\n+)?^\|.*\|\n\|[-|: ]+\|\n((?:\|.*\|\n)*)/gm)
  return [...tables].flatMap((match) => {
    const first = lineAt(text, match.index + match[0].length - match[2]!.length)
    const rows = match[2]!.split('\n').filter((row) => row !== '')
    return rows.map((row, index) => ({ page: path, line: first + index, cells: cellsOf(row), given: match[1] }))
  })
}

/** What stands between backticks, if that is all there is. */
export function codeIn(cell: string): string | undefined {
  return /^`([^`]+)`$/.exec(cell)?.[1] ?? /^`` (.+) ``$/.exec(cell)?.[1]
}

/** The targets of the links on a page. */
export function linksOf({ text }: Page): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!)
}

/** The anchors that a page's headings make. */
export function anchorsOf({ text }: Page): string[] {
  const withoutCode = text.replace(/^```[\s\S]*?^```$/gm, '')
  return [...withoutCode.matchAll(/^#+ (.*)$/gm)].map(([, title]) => {
    return title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  })
}

/** Where a relative link leads, from the root; the page itself for a mere anchor. */
export function resolveLink(page: Page, link: string): { readonly path: string; readonly anchor: string | undefined } {
  const [path = '', anchor] = link.split('#')
  return { path: path === '' ? page.path : join(dirname(page.path), path), anchor }
}

function cellsOf(row: string): string[] {
  const cells = row.slice(1, -1).split(/(?<!\\)\|/)
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
