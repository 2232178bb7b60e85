import { ThreadWorker } from 'poolifier';

/** The task of poolifier: nothing, as the work `noop`. */
export default new ThreadWorker(() => undefined);
