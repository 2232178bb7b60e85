import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ADAPTER, actionRepository, BIN, workflows } from '../support/actionrepository.js';
import { steps, type Texts, texts } from '../support/githubaction.js';
import { at, type Yaml } from '../support/yaml.js';

/*
 * The steps of action.yml, run as GitHub would run them, with the inputs of the workflow that docs/ci.md shows, on a
 * repository of a few commits. Only what would take long is changed: how long trials are, and where the program is.
 * What is not measured is in actioninputs.test.ts.
 */

const LIMIT = { timeout: 120_000 };
const { path: repository, act, git } = actionRepository();

describe('the steps of the example, on a pull request', () => {
  const example = texts(at(pullRequest(), 'with'));

  it('that made each job cost twice as much: exit code 99', LIMIT, async () => {
    const { code, log, outputs, summary } = await act({ ...example, ...SHORT });
    expect(log).toContain('drain is ');
    expect(outputs).toMatchObject({ verdict: 'regression', 'exit-code': '99' });
    expect(code).toBe(99);
    const annotations = log.split('\n').filter((line) => /^::(error|warning|notice)/.test(line));
    expect(annotations.length).toBeLessThanOrEqual(10);
    expect(annotations[0]).toMatch(/^::error title=jobbench regression%3A throughput.* drain_rate::drain is /);
    expect(summary).toMatch(/^### jobbench: REGRESSION/);
    expect(Buffer.byteLength(summary)).toBeLessThan(900_000);
    const { cells } = JSON.parse(readFileSync(outputs.result ?? '', 'utf8'));
    const labels = cells.map(({ adapter }: { adapter: { label: string } }) => adapter.label).sort();
    expect(labels).toEqual(['base', 'head'].map((side) => `adapter (./${side}/${ADAPTER})`));
    expect(JSON.parse(readFileSync(outputs.comparison ?? '', 'utf8')).verdict).toBe('regression');
    // The command that the workflow names ran in both commits, and neither checkout is left behind.
    expect(log.match(/^built in .*\/(base|head)$/gm)?.map((line) => line.slice(-4))).toEqual(['base', 'head']);
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('that changed nothing that is measured: no alarm', LIMIT, async () => {
    // Only a change that large is asked about, so that a busy machine needs no second look; to pass, the fewest blocks do.
    const asked = { threshold: '100%', blocks: '8', export: 'junit=out/jobbench.xml' };
    const same = { 'base-ref': 'HEAD~2', 'head-ref': 'HEAD~1', ...asked };
    const { code, log, outputs } = await act({ ...example, ...SHORT, ...same });
    expect([log, outputs['exit-code']]).toEqual([expect.any(String), expect.stringMatching(/^[05]$/)]);
    expect(['pass', 'small', 'improvement', 'inconclusive']).toContain(outputs.verdict);
    // Inconclusive is a warning there.
    expect(code).toBe(0);
    expect(readFileSync(join(repository, 'out/jobbench.xml'), 'utf8')).toContain('<testsuites name="jobbench"');
  });
});

/** What makes the example short, and lets it run without a network. */
const SHORT: Texts = {
  jobbench: BIN,
  build: 'echo "built in $PWD"',
  blocks: '10',
  metric: 'drain_rate',
  options: '--warmup=100ms\n--duration=100ms\n--jobs=1000\n--quiet\n',
};

function pullRequest(): Yaml {
  const [workflow] = workflows;
  const found = steps(at(workflow, 'jobs', 'jobbench', 'steps')).find(({ uses = '' }) =>
    String(uses).includes('/jobbench@'),
  );
  if (found === undefined) throw new Error('the first workflow of docs/ci.md does not use the action');
  return found;
}
