/** Entry point `typewax/inputs`: the source contracts and helpers to write sources with. */

export * from './async-iterable.ts'
export * from './batch.ts'
export * from './polling.ts'
export * from './source.ts'
