import { type Cell, type Host, RESULT_FORMAT, RESULT_VERSION, type ResultFile, type Warning } from '../core/result.js';
import { lessons, marked } from './finish.js';
import type { RunRequest } from './request.js';

/** What a run came to, beside its request. */
export interface Outcome {
  readonly startedAt: Date;
  readonly cells: Cell[];
  readonly host: Host;
  readonly warnings: Warning[];
  readonly aborted: boolean;
}

/** The result of a run as it is kept. */
export function resultFile(request: RunRequest, { startedAt, cells, host, warnings, aborted }: Outcome): ResultFile {
  const finished = request.questions.reduce((all, { name, scenario }) => marked(scenario, name, all), cells);
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    run: {
      id: request.id,
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      status: aborted ? 'aborted' : 'complete',
      jobbench: request.version,
      command: [...request.command],
      seed: request.seed,
      profile: request.profile,
      ...(request.time === 'virtual' && { virtual: true }),
    },
    host,
    scenarios: request.questions.map(({ name, scenario }) => {
      const lesson = lessons(scenario, name, finished);
      const { marks } = scenario;
      return {
        name,
        question: scenario.question,
        model: scenario.model,
        ...(lesson !== undefined && { lesson }),
        ...(marks !== undefined && { marks }),
      };
    }),
    cells: finished,
    warnings,
  };
}
