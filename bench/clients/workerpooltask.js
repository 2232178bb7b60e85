import workerpool from 'workerpool';

/** The task of workerpool: nothing, as the work `noop`. */
workerpool.worker({ noop: () => undefined });
