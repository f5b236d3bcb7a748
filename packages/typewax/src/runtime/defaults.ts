/** Owns the defaults of options that both kinds of execution read. All in milliseconds. */

export const DEFAULT_EPOCH_INTERVAL_MS = 10_000
export const DEFAULT_STOP_TIMEOUT_MS = 20_000
export const DEFAULT_PROGRESS_INTERVAL_MS = 1_000
