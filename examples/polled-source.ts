/**
 * Polls a feed of earthquakes, a page every 10 ms, and prints the strongest of each network of seismographs. `snapshot` and `resume` give the source a
 * position: with `-r state/` a run that was killed goes on with the page behind the last committed one.
 *
 *     typewax run examples/polled-source.ts
 */

import { readFile } from 'node:fs/promises'
import { Dataflow, EOF, milliseconds } from 'typewax'
import { StdOutSink } from 'typewax/connectors/stdio'
import { SimplePollingSource } from 'typewax/inputs'

interface Quake {
  readonly properties: { readonly mag: number; readonly place: string; readonly net: string }
}

const PAGE_SIZE = 50
const file = new URL('../node_modules/vega-datasets/data/earthquakes.json', import.meta.url)

/** Stands for the service: `GET /earthquakes?offset=…`. */
async function fetchPage(offset: number): Promise<Quake[]> {
  const { features }: { features: Quake[] } = JSON.parse(await readFile(file, 'utf8'))
  return features.slice(offset, offset + PAGE_SIZE)
}

class EarthquakeFeed extends SimplePollingSource<Quake[], number> {
  #offset = 0

  async nextItem() {
    const page = await fetchPage(this.#offset)
    this.#offset += page.length
    return page.length === 0 ? EOF : page
  }

  override snapshot(): number {
    return this.#offset
  }

  override resume(offset: number): void {
    this.#offset = offset
  }
}

export const flow = new Dataflow('earthquakes')

flow
  .input('feed', new EarthquakeFeed(milliseconds(10)))
  .flatten('quakes')
  .map('properties', (quake) => quake.properties)
  .keyOn('by-network', (quake) => quake.net)
  .maxFinal('strongest', (quake) => quake.mag)
  .map('format', ([network, { mag, place }]) => `${network} ${mag.toFixed(1)} ${place}`)
  .output('out', new StdOutSink())
