/**
 * Owns what a run shows on stderr while it works: on a terminal one line that is painted over, elsewhere whole lines. Everything else that is written
 * meanwhile goes through here too, so that it never lands in the middle of the painted line.
 */

import type { Output } from './io.ts'

/** Goes to the first column and clears the line. */
const CLEAR = '\r\x1b[2K'

/** For a terminal that does not know its width, or says 0. */
const DEFAULT_COLUMNS = 80

export interface LiveLine {
  /** Shows the newest state. */
  paint(text: string): void
  /** Writes text, lines with their newlines, that stays. */
  print(text: string): void
  /** Removes the painted line and gives the other stream back. */
  end(): void
}

/** Paints on `stderr`. While it does, writes to `stdout` clear the line first if that is a terminal as well, most likely the same one. */
export function createLiveLine(stderr: Output, stdout: Output): LiveLine {
  if (stderr.isTTY !== true) return { paint: (text) => stderr.write(`${text}\n`), print: (text) => stderr.write(text), end: () => {} }
  let isPainted = false
  const clear = (): void => {
    if (isPainted) stderr.write(CLEAR)
    isPainted = false
  }
  const release = stdout.isTTY === true ? interceptWrites(stdout, clear) : () => {}
  return {
    paint(text) {
      stderr.write(CLEAR + fit(text, stderr.columns || DEFAULT_COLUMNS))
      isPainted = true
    },
    print(text) {
      clear()
      stderr.write(text)
    },
    end() {
      clear()
      release()
    },
  }
}

/** A line as long as the terminal is wide would wrap, and only its last part could be cleared. */
function fit(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`
}

function interceptWrites(output: Output, before: () => void): () => void {
  const write = output.write
  output.write = function (this: unknown, ...args) {
    before()
    return write.apply(output, args)
  }
  return () => {
    output.write = write
  }
}
