/** Entry point `typewax/inputs`: the source contracts and helpers to write sources with. */

export * from './source.ts'
