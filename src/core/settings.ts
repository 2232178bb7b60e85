/** Options after validation, as they travel to other processes. */
export type Options = Readonly<Record<string, unknown>>;

/** Where a queue is: plain data that a process needs to connect, beside the options. */
export type Address = Readonly<Record<string, string | number | boolean>>;

/** Settings read back from the backend, never from what we asked for. */
export type Settings = Readonly<Record<string, string | number | boolean>>;
