/**
 * Four years of Seattle's weather: for each day the mean of the highest temperatures so far of all days with the same kind of weather. The state of a
 * key is plain data, made by one function and replaced by the other.
 *
 *     typewax run examples/running-mean.ts
 */

import { Dataflow } from 'typewax'
import { CsvSource } from 'typewax/connectors/files'
import { StdOutSink } from 'typewax/connectors/stdio'

interface Day {
  readonly date: string
  /** Degrees Celsius, as text: CSV knows no numbers. */
  readonly temp_max: string
  /** Such as `sun` or `rain`. */
  readonly weather: string
}

const file = new URL('../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url)

export const flow = new Dataflow('running-mean')

flow
  .input('days', new CsvSource<Day>(file, { mustExist: true }))
  .keyOn('by-weather', (day) => day.weather)
  .statefulMap(
    'mean',
    () => ({ days: 0, total: 0 }),
    (state, day) => {
      const next = { days: state.days + 1, total: state.total + Number(day.temp_max) }
      return [next, { date: day.date, mean: next.total / next.days }]
    },
  )
  .map('format', ([weather, { date, mean }]) => `${date} ${weather} ${mean.toFixed(2)}`)
  .output('out', new StdOutSink())
