#!/usr/bin/env node
/**
 * Owns the start of the command line: refuses a Node that is too old, in syntax that an old one can read, and hands over to `dist/cli/main.js`.
 * Plain JavaScript that is not compiled, so that it is there, and executable, before the first build.
 */

const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  // Keeps compiled code, and types already stripped, for the next start: two thirds of the time to load a small flow.
  process.getBuiltinModule('node:module').enableCompileCache()
  silenceSqliteWarning()
  import('../dist/cli/main.js')
} else {
  console.error(`error NODE_TOO_OLD: typewax needs Node 22.18 or newer; this is Node ${process.versions.node} (${process.execPath}).
Install a newer one (https://nodejs.org) or switch to it with your version manager, for example \`nvm install 24\`.`)
  process.exitCode = 1
}

/** Node 22 calls its SQLite experimental at every start; what typewax needs of it is tested on that version. */
function silenceSqliteWarning() {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning.call(process, warning, ...rest)
  }
}
