import { describe, expect, it } from 'vitest';
import { vmOptions } from '../../src/fleet/options.js';
import { PRESETS } from '../../src/fleet/presets.js';

const read = (file: string) => () => file;
const fails = (given: object, file = '') => vmOptions(read(file)).safeParse(given).error?.issues[0]?.message;

describe('presets', () => {
  it('are all valid, and leave alone what is given', () => {
    const options = vmOptions(read(''));
    for (const preset of Object.keys(PRESETS)) expect(options.parse({ preset }).preset).toBe(preset);
    expect(options.parse({ preset: 'fly' })).toMatchObject({ boot: '300ms', park: 'stop' });
    expect(options.parse({ preset: 'fly', boot: '1s' })).toMatchObject({ boot: '1s', park: 'stop' });
    expect(options.parse({ preset: 'article' })).toEqual(options.parse({}));
  });

  it('come from a file too: lists are measured milliseconds', () => {
    const chosen = vmOptions(read('{"boot": [310, 295], "wait": "5m"}')).parse({ preset: 'file:mine.json' });
    expect(chosen).toMatchObject({ boot: 'values:310/295', wait: '300s', appBoot: 'uniform:1500ms:5000ms' });
  });

  it.each([
    ['{"boots": "1s"}', 'there is no option "boots"; it may hold preset, mode'],
    ['{"boot": true}', 'boot is neither text, a number, nor a list of measured milliseconds'],
    ['{"boot": [1, -2]}', 'neither text, a number, nor a list'],
    ['boot=1s', 'is not JSON'],
    ['[1]', 'the whole is neither'],
  ])('a file of %j is refused: %s', (file, message) => {
    expect(fails({ preset: 'file:mine.json' }, file)).toContain(message);
  });
});
