/** Entry point `typewax/recovery`: the store contract and the stores that come with typewax. */

export * from './codec.ts'
export * from './plain-data.ts'
export * from './sqlite-store.ts'
export * from './store.ts'
