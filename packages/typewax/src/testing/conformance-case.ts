/**
 * Owns the shape of a conformance case: a name and something to run. A suite is an array of them, for any test runner:
 * `for (const each of suite) test(each.name, each.run)`.
 */

/** One thing that a contract demands. */
export interface ConformanceCase {
  /** Method and demanded behaviour, such as `snapshot: resumes behind the last item`. */
  readonly name: string
  /** Resolves if the demand is met; else rejects, as a rule with an `AssertionError`. Needs no `this`; cases depend on nothing but their fixture. */
  readonly run: () => Promise<void>
}

/** What a case works in: made anew for each one, disposed of at its end, whatever that is. */
export interface Bench {
  dispose(): Promise<void>
}

/** Makes a function that defines cases, each with a bench of its own. */
export function caseMaker<B extends Bench>(makeBench: () => Promise<B>): (name: string, body: (bench: B) => Promise<void>) => ConformanceCase {
  return (name, body) => ({
    name,
    run: async () => {
      const bench = await makeBench()
      try {
        await body(bench)
      } finally {
        await bench.dispose()
      }
    },
  })
}
