/** The task of piscina and tinypool: nothing, as the work `noop`. */
export default function noop() {}
