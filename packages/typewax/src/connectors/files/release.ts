/** Owns releasing what a partition holds exactly once: when it is closed, or at the end of the execution, whichever comes first. */

/** Calls `release` when `signal` fires or the function it gives is called, and never twice. */
export function releaseOnce(signal: AbortSignal, release: () => void): () => void {
  let isReleased = false
  const once = (): void => {
    if (isReleased) return
    isReleased = true
    signal.removeEventListener('abort', once)
    release()
  }
  if (signal.aborted) once()
  else signal.addEventListener('abort', once)
  return once
}
