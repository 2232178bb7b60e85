import { parseArgs } from 'node:util';

/**
 * What the user asked for: `--only`, `--rounds`, `--out`. Ends with a sentence and exit code 2 when it cannot be understood.
 * @param parts names that `--only` may have
 */
export function chosen(program, parts, rounds = '6') {
  const options = { only: { type: 'string' }, rounds: { type: 'string', default: rounds }, out: { type: 'string' } };
  try {
    const { values } = parseArgs({ options });
    const names = values.only?.split(',') ?? parts;
    const unknown = names.find((name) => !parts.includes(name));
    if (unknown !== undefined) throw new Error(`there is no part "${unknown}": ${parts.join(', ')}`);
    if (!/^[1-9]\d?$/.test(values.rounds)) throw new Error(`--rounds ${values.rounds}: write a number from 1 to 99`);
    return { parts: names, rounds: Number(values.rounds), ...(values.out && { out: values.out }) };
  } catch (error) {
    console.error(`${program}: ${error.message}`);
    process.exit(2);
  }
}
