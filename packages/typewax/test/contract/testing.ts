/** Owns the short way to the testing kit for the proofs. */

export { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
export { turn } from '../../src/testing/test-clock.ts'
