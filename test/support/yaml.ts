/**
 * As much of YAML as our action and workflows are written in: maps and lists by indentation, plain and quoted scalars
 * (all are texts here), literal blocks, comments. Anything else throws, rather than to be read as what it is not.
 */
export type Yaml = string | Yaml[] | { [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

export function parseYaml(source: string): Yaml {
  const lines = source.split('\n').map((line, i): Line => {
    const text = line.trimEnd();
    return { indent: text.length - text.trimStart().length, text: text.trimStart(), number: i + 1 };
  });
  const reader = { lines, at: 0 };
  const value = block(reader, 0);
  const rest = peek(reader);
  if (rest !== undefined) throw unreadable(rest, 'stands outside of everything');
  return value;
}

/** Member by member, as in `at(workflow, 'jobs', 'bench', 'steps')`. @throws Error where one is absent */
export function at(value: Yaml | undefined, ...path: string[]): Yaml {
  const [key, ...rest] = path;
  if (value === undefined) throw new Error('there is no such member');
  if (key === undefined) return value;
  if (typeof value === 'string' || Array.isArray(value)) throw new Error(`"${key}" is asked of what is no map`);
  if (!Object.hasOwn(value, key)) throw new Error(`there is no "${key}", but ${Object.keys(value).join(', ')}`);
  return at(value[key], ...rest);
}

interface Reader {
  readonly lines: Line[];
  at: number;
}

/** The next line that says something. */
function peek(reader: Reader): Line | undefined {
  while (/^(#|$)/.test(reader.lines[reader.at]?.text ?? 'end')) reader.at++;
  return reader.lines[reader.at];
}

function block(reader: Reader, least: number): Yaml {
  const first = peek(reader);
  if (first === undefined || first.indent < least) return '';
  return first.text.startsWith('- ') ? list(reader, first.indent) : map(reader, first.indent);
}

function list(reader: Reader, indent: number): Yaml[] {
  const items: Yaml[] = [];
  for (let line = peek(reader); line?.indent === indent && line.text.startsWith('- '); line = peek(reader)) {
    // What stands after the dash is a line of its own, two columns further in.
    const inner = { ...line, indent: indent + 2, text: line.text.slice(2) };
    reader.lines[reader.at] = inner;
    if (KEY.test(inner.text)) items.push(map(reader, inner.indent));
    else {
      reader.at++;
      items.push(scalar(inner.text, inner));
    }
  }
  return items;
}

const KEY = /^([\w-]+):(?: +(.*))?$/;

function map(reader: Reader, indent: number): { [key: string]: Yaml } {
  const entries: { [key: string]: Yaml } = {};
  for (let line = peek(reader); line?.indent === indent; line = peek(reader)) {
    const [, key, rest = ''] = KEY.exec(line.text) ?? [];
    if (key === undefined || Object.hasOwn(entries, key)) throw unreadable(line, 'is no new "key: value"');
    reader.at++;
    if (rest === '|') entries[key] = literal(reader, indent);
    else entries[key] = rest === '' ? block(reader, indent + 1) : scalar(rest, line);
  }
  return entries;
}

function literal(reader: Reader, parent: number): string {
  const texts: string[] = [];
  const first = reader.lines[reader.at]?.indent ?? 0;
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at];
    if (line === undefined || (line.text !== '' && line.indent <= parent)) break;
    texts.push(' '.repeat(Math.max(0, line.indent - first)) + line.text);
  }
  return `${texts.join('\n').trimEnd()}\n`;
}

function scalar(text: string, line: Line): string {
  if (/^"[^"\\]*"$/.test(text) || /^'[^']*'$/.test(text)) return text.slice(1, -1);
  if (/^["'[{>|&*!%@`]|: | #|:$/.test(text)) throw unreadable(line, 'is not read by this parser');
  return text;
}

function unreadable({ number, text }: Line, why: string): Error {
  return new Error(`line ${number}: "${text}" ${why}`);
}
