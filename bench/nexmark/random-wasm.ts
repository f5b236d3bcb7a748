/**
 * Owns the WebAssembly module behind `random.ts`, put together from its instructions when this file is loaded: splitmix64 needs products of 64 bits,
 * for which JavaScript has `bigint` (slow) or pieces. In the notation of the standard it is:
 *
 *     (func (export "fill") (param $index f64) (param $skip f64) (param $endByte i32) …)
 *       state = mix(42 + index * GAMMA) + skip * GAMMA
 *       for byte in 0, 8, … below endByte: state += GAMMA; memory[byte] = (mix(state) >>> 11) * 2^-53
 */

const I32 = 0x7f
const I64 = 0x7e
const F64 = 0x7c
const VOID = 0x40

const END = 0x0b
const LOOP = 0x03
const BRANCH_IF = 0x0d
const GET = 0x20
const SET = 0x21
const TEE = 0x22
const STORE_F64 = [0x39, 3, 0]
const I32_CONST = 0x41
const I64_CONST = 0x42
const F64_CONST = 0x44
const I32_LESS = 0x48
const I32_ADD = 0x6a
const I64_ADD = 0x7c
const I64_MULTIPLY = 0x7e
const I64_XOR = 0x85
const I64_SHIFT_RIGHT_UNSIGNED = 0x88
const F64_MULTIPLY = 0xa2
const I64_FROM_F64 = 0xb0
const F64_FROM_I64 = 0xb9

const SEED = 42n
const GAMMA = 0x9e3779b97f4a7c15n

// Parameters, then local variables.
const [INDEX, SKIP, END_BYTE, STATE, MIXED, AT_BYTE] = [0, 1, 2, 3, 4, 5]

const gamma = [I64_CONST, ...signed(GAMMA)]

/** mixed ^= mixed >>> bits */
const fold = (bits: number): number[] => [GET, MIXED, GET, MIXED, I64_CONST, bits, I64_SHIFT_RIGHT_UNSIGNED, I64_XOR, SET, MIXED]

/** mixed *= factor */
const times = (factor: bigint): number[] => [GET, MIXED, I64_CONST, ...signed(factor), I64_MULTIPLY, SET, MIXED]

const mix = [...fold(30), ...times(0xbf58476d1ce4e5b9n), ...fold(27), ...times(0x94d049bb133111ebn), ...fold(31)]

const body = [
  // mixed = SEED + index * GAMMA, mixed; state = mixed + skip * GAMMA
  ...[GET, INDEX, I64_FROM_F64, ...gamma, I64_MULTIPLY, I64_CONST, ...signed(SEED), I64_ADD, SET, MIXED, ...mix],
  ...[GET, SKIP, I64_FROM_F64, ...gamma, I64_MULTIPLY, GET, MIXED, I64_ADD, SET, STATE],
  ...[LOOP, VOID],
  // state += GAMMA; mixed = state, mixed
  ...[GET, STATE, ...gamma, I64_ADD, TEE, STATE, SET, MIXED, ...mix],
  // memory[atByte] = (mixed >>> 11) * 2^-53
  ...[GET, AT_BYTE, GET, MIXED, I64_CONST, 11, I64_SHIFT_RIGHT_UNSIGNED, F64_FROM_I64, F64_CONST, ...float(2 ** -53), F64_MULTIPLY, ...STORE_F64],
  // while ((atByte += 8) < endByte)
  ...[GET, AT_BYTE, I32_CONST, 8, I32_ADD, TEE, AT_BYTE, GET, END_BYTE, I32_LESS, BRANCH_IF, 0, END],
  END,
]

const functionCode = [2, 2, I64, 1, I32, ...body]
const exported = (name: string, kind: number): number[] => [name.length, ...Buffer.from(name), kind, 0]
const [FUNCTION, MEMORY] = [0, 2]

const moduleBytes = new Uint8Array([
  ...[0, ...Buffer.from('asm'), 1, 0, 0, 0],
  ...section(1, [1, 0x60, 3, F64, F64, I32, 0]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, ...exported('memory', MEMORY), ...exported('fill', FUNCTION)]),
  ...section(10, [1, ...unsigned(functionCode.length), ...functionCode]),
])

/** What is used of the global object, whose types come with the browser's only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  fill(index: number, skip: number, endByte: number): void
}

const { memory, fill } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes)).exports as Exports

/** The numbers of the last `fillUnits`. */
export const units: Float64Array = new Float64Array(memory.buffer)

/** How many numbers there is room for. */
export const MAX_UNITS: number = units.length

/** Draws `count` numbers in [0, 1) of the sequence number `index` into `units`, after the first `skip` ones. `count` is at least 1. */
export function fillUnits(index: number, skip: number, count: number): void {
  fill(index, skip, count * 8)
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content]
}

/** LEB128, as all integers of the format. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = BigInt.asIntN(64, value); ; ) {
    const byte = Number(rest & 0x7fn)
    rest >>= 7n
    if ((rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40)) return [...bytes, byte]
    bytes.push(byte | 0x80)
  }
}

function float(value: number): number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)]
}
