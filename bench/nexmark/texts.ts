/**
 * Owns the texts of the events: fixed vocabularies, what is drawn once for a whole run (padding, channels and their URLs), and how random strings are
 * made. Everything is drawn in the order of the reference generator, on which equal records depend.
 */

import type { SplitMix64 } from './random.ts'

export const FIRST_NAMES = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'] as const
export const LAST_NAMES = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'] as const
export const CITIES = ['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland', 'Bend', 'Redmond', 'Seattle', 'Kent', 'Cheyenne'] as const
export const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'] as const
export const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'] as const

export const COLD_CHANNEL_COUNT = 10_000
const PADDING_LENGTH = 1 << 20
const LETTER_A = 97

/** What is drawn once. */
export interface SharedTexts {
  readonly padding: string
  readonly hotUrls: readonly string[]
  readonly coldChannels: readonly string[]
  readonly coldUrls: readonly string[]
}

/** Draws the texts that all events share, from the sequence of event -1. */
export function drawSharedTexts(random: SplitMix64): SharedTexts {
  random.seed(-1)
  const letters = Buffer.alloc(PADDING_LENGTH)
  for (let index = 0; index < PADDING_LENGTH; index++) letters[index] = LETTER_A + random.below(26)
  const hotUrls = HOT_CHANNELS.map(() => drawUrl(random))
  const coldUrls: string[] = []
  for (let index = 0; index < COLD_CHANNEL_COUNT; index++) {
    const url = drawUrl(random)
    coldUrls.push(random.below(10) > 0 ? `${url}&channel_id=${channelId(index)}` : url)
  }
  return { padding: letters.toString('latin1'), hotUrls, coldUrls, coldChannels: coldUrls.map((_url, index) => `channel-${index}`) }
}

function drawUrl(random: SplitMix64): string {
  const directories = [drawString(random, 5, '_'), drawString(random, 5, '_'), drawString(random, 5, '_')]
  return `https://www.nexmark.com/${directories.join('/')}/item.htm?query=1`
}

/** The absolute value of the 32 bits of `index` in reverse order; the least integer of 32 bits has none and stays negative. */
function channelId(index: number): number {
  let reversed = 0
  for (let bit = 0; bit < 32; bit++) reversed |= ((index >>> bit) & 1) << (31 - bit)
  return Math.abs(reversed) | 0
}

const characters = Buffer.alloc(128)

/** Draws a string of 3 to `maxLength - 1` characters, a `special` one in 13 and letters, and trims spaces. */
export function drawString(random: SplitMix64, maxLength: number, special: ' ' | '_'): string {
  const code = special.charCodeAt(0)
  const length = 3 + random.below(maxLength - 3)
  for (let index = 0; index < length; index++) characters[index] = random.below(13) === 0 ? code : LETTER_A + random.below(26)
  return characters.toString('latin1', 0, length).trim()
}
