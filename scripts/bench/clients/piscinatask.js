/** The task that piscina runs: nothing, as the work `noop`. */
export default function noop() {}
