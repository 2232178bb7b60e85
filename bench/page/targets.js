import { intervalOf, paired, ratioText, table, threeDigits } from './text.js';

/**
 * What was to be reached: ratios inside one run.
 * @returns Markdown, a row for each target
 */
export function targetsText(families, self) {
  const rows = TARGETS.map(({ what, target, from, command }) => {
    const ratios = from(families, self);
    if (ratios === undefined) return [what, goal(target), '-', 'not measured', command];
    return [what, goal(target), `${ratioText(ratios)}${target.unit ?? ''}`, verdict(ratios, target), command];
  });
  const all = [...overheadRows(self), ...rows, ...ownRows(self)];
  return table(['what', 'target', 'measured', 'reached', 'command'], all);
}

/** By the median; where single rounds say otherwise, how many. */
function verdict(ratios, { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }) {
  const reaches = (value) => value >= least && value <= most;
  const word = reaches(intervalOf(ratios).median) ? 'yes' : '**no**';
  const rounds = ratios.filter(reaches).length;
  return rounds === 0 || rounds === ratios.length ? word : `${word}; ${rounds} of ${ratios.length} rounds do`;
}

const goal = ({ least, most, unit = '' }) => (most === undefined ? `>= ${least}${unit}` : `<= ${most}${unit}`);

/** Values of one contender, where it was measured. */
const of = (families, key, name, mode) => families[key]?.rows?.find((row) => row.name === name)?.values?.[mode];

function ratio(key, [ours, ourMode], [theirs, theirMode]) {
  return (families) => {
    const [a, b] = [of(families, key, ours, ourMode), of(families, key, theirs, theirMode)];
    return a && b && paired(a, b);
  };
}

const peers = (part) => `\`npm run peers -- --only ${part}\``;

const TARGETS = [
  {
    what: '`sqlite` at-least-once, 64 in flight, end to end in one process / plainjob',
    target: { least: 6 },
    from: ratio('sqlite', ['sqlite', 'together'], ['plainjob', 'together']),
    command: peers('sqlite'),
  },
  {
    what: '`sqlite` at-least-once, pop and ack with claimBatch 100 / plainjob worker',
    target: { least: 8 },
    from: ratio('sqlite', ['sqlite', 'drain'], ['plainjob', 'drain']),
    command: peers('sqlite'),
  },
  {
    what: '`sqlite` synchronous=full, 128 enqueues in flight / one transaction each',
    target: { least: 20 },
    from: ratio('durable', ['sqlite', 'enqueue128'], ['statements, one each', 'enqueue128']),
    command: peers('durable'),
  },
  {
    what: '`sqlite` enqueue, 1 in flight / the bare statement',
    target: { least: 0.85 },
    from: ratio('sqlite', ['sqlite', 'enqueue1'], ['statements, one each', 'enqueue1']),
    command: peers('sqlite'),
  },
  {
    what: '`sqlite` pop and ack at a backlog of 1,000,000 / at 1,000',
    target: { least: 0.8 },
    from: ratio('backlog', ['sqlite', 'm1'], ['sqlite', 'k1']),
    command: peers('backlog'),
  },
  {
    what: '`threads`, 64 in flight, 2 threads / the better of piscina and tinypool at their best',
    target: { least: 3 },
    from(families) {
      const [ours, a, b] = ['threads', 'piscina', 'tinypool'].map((name) => of(families, 'threads', name, 'flight64'));
      return (
        ours &&
        a &&
        b &&
        paired(
          ours,
          a.map((value, round) => Math.max(value, b[round] ?? 0)),
        )
      );
    },
    command: peers('threads'),
  },
  {
    what: 'web p99 with `sqlite` workers saturated in another process / web alone',
    target: { most: 2 },
    from: ratio('web', ['sqlite', 'busy99'], ['sqlite', 'alone99']),
    command: peers('web'),
  },
  {
    what: 'two `sqlite` workers of different processes on one file: share of the one that got less',
    target: { least: 40, unit: ' %' },
    from: ({ options }) => of(options?.families ?? {}, 'two', 'sqlite', 'share'),
    command: peers('options'),
  },
  {
    what: 'open loop of 10,000 jobs/s: lag of the generator, p99',
    target: { most: 1, unit: ' ms' },
    from: (families) => of(families, 'generator', "jobbench's open loop", 'p99'),
    command: peers('generator'),
  },
];

/** The harness around each adapter against a bare loop, as `npm run bench:self` wrote it. */
function overheadRows(self) {
  const command = '`npm run bench:self -- --only overhead`';
  const rows = (self?.rows ?? []).filter(({ target, ratios }) => target === '>= 0.95' && ratios !== undefined);
  if (rows.length === 0) {
    return [["jobbench's rate / the same calls in a bare loop, each adapter", '>= 0.95', '-', 'not measured', command]];
  }
  return rows.map(({ what, ours, ratios }) => {
    const cost = /[+-]?[\d,]+ ns a job$/.exec(ours)?.[0];
    const reached = verdict(ratios, { least: 0.95 });
    const measured = `${ratioText(ratios)}${cost ? `; ${cost}` : ''}`;
    return [`jobbench / the same calls in a bare loop, ${what}`, '>= 0.95', measured, reached, command];
  });
}

/** What bench:self measured of the harness by itself, of which there are no ratios. */
function ownRows(self) {
  const rows = (self?.rows ?? []).filter(({ target, ratios }) => target && ratios === undefined);
  return rows.map(({ what, ours, target, verdict: said }) => {
    const reached = said === 'reached' ? 'yes' : '**no**';
    return [what, target, ours, reached, '`npm run bench:self`'];
  });
}

/** What a web server suffers from workers, for each contender: `23 (18 to 31)`. */
export function webText(families) {
  const rows = (families.web?.rows ?? []).filter(({ missing }) => missing === undefined);
  if (rows.length === 0) return '_Not measured yet._';
  const line = ({ name, values }) => `${name} ${ratioText(paired(values.busy99, values.alone99))}`;
  return `Web p99 with saturated workers / without: ${rows.map(line).join('; ')}.`;
}

export const machineText = (families) => {
  const found = Object.values(families).find(({ when }) => when !== undefined)?.when;
  if (found === undefined) return '_Nothing measured yet._';
  const { host, versions } = found;
  const memory = `${threeDigits(host.memoryBytes / 2 ** 30)} GB`;
  const machine = `${host.cores} cores, ${host.cpu}${host.virtual ? ' (virtual)' : ''}, ${memory}, ${host.os}`;
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${machine}, kernel ${host.kernel}, Node ${host.node}; ${all.join(', ')}.`;
};
