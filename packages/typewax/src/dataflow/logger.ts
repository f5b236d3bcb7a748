/** Owns the shape of a logger: what typewax needs of one. `console` fits it, and so does a pino logger by way of `cli/logger.ts`. */

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

const nothing = (): void => {}

/** Says nothing. The default of `run`, which is a guest in somebody's program. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
