/** Owns the patience with members that do not come to their end. */

import type { Host } from '../host.ts'

/** How long the end of a member may take once it was told to go, in milliseconds. */
const END_MS = 1_000

/** Waits for something to come to its end, but not for long. It must not reject. */
export async function untilEnded(ending: Promise<unknown>, host: Host): Promise<void> {
  let cancel = (): void => {}
  const patience = new Promise<void>((resolve) => {
    cancel = host.setTimer(END_MS, resolve)
  })
  await Promise.race([ending, patience])
  cancel()
}
