/**
 * Answers `POST /` with the counts of the words in its body: each request runs a flow of its own. A flow reads any async iterable, here the lines as they
 * arrive, and a client that goes away stops it.
 *
 *     PORT=8080 node examples/http-server.ts
 *     curl --data-binary @examples/data/hamlet.txt http://localhost:8080/
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Dataflow, run } from 'typewax'
import { fromAsyncIterable } from 'typewax/inputs'

async function* linesOf(request: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of request.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest
}

function countWords(lines: AsyncIterable<string>, counts: Map<string, number>): Dataflow {
  const flow = new Dataflow('word-count')
  flow
    .input('lines', fromAsyncIterable(lines))
    .flatMap('words', (line) => line.toLowerCase().match(/[\p{L}']+/gu) ?? [])
    .countFinal('count', (word) => word)
    .inspect('collect', (_stepId, [word, count]) => counts.set(word, count))
  return flow
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const counts = new Map<string, number>()
  try {
    const { outcome } = await run(countWords(linesOf(request), counts), { signal: gone.signal })
    console.log(`${outcome}: ${counts.size} words`)
    if (outcome === 'finished') response.setHeader('content-type', 'application/json').end(JSON.stringify(Object.fromEntries(counts)))
  } catch (error) {
    console.log(`failed: ${error}`)
    response.writeHead(500).end()
  }
}

const server = createServer((request, response) => void handle(request, response))
server.listen(Number(process.env.PORT ?? 8080), () => console.log(`listening on ${JSON.stringify(server.address())}`))
