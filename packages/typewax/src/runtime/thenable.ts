/** Owns nothing: gives the runtime `thenable.ts` under its old name. */

export { isThenable, silence } from '../thenable.ts'
