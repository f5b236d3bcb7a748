/** Owns Adler-32 (RFC 1950, section 8), the default way from a key to a sink partition. */

import { Buffer } from 'node:buffer'

const MODULUS = 65_521

/** Computes the Adler-32 checksum of the UTF-8 bytes of `text`, as an unsigned 32-bit integer: `"hello"` gives 103547413, `""` gives 1. */
export function adler32(text: string): number {
  let low = 1
  let high = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return adler32Bytes(Buffer.from(text))
    low = (low + code) % MODULUS
    high = (high + low) % MODULUS
  }
  return high * 65_536 + low
}

function adler32Bytes(bytes: Uint8Array): number {
  let low = 1
  let high = 0
  for (const byte of bytes) {
    low = (low + byte) % MODULUS
    high = (high + low) % MODULUS
  }
  return high * 65_536 + low
}
