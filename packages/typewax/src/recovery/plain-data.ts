/** Placeholder header. */
export function checkPlainData(_value: unknown): { path: string; got: string } | undefined {
  return undefined
}
