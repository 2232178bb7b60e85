/** Breaks a text between words, so that no line is wider. Lines after the first are indented by `hanging`. */
export function wrapped(text: string, width: number, indent = 0, hanging = indent + 2): string {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let empty = true;
  for (const word of text.split(/(?<=\S)\s(?=\S)/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(hanging);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}
