// The summary table: sorted by a column, filtered by words, copied as Markdown or CSV.
(() => {
  const table = document.getElementById('matrix');
  const status = document.getElementById('matrix-status');
  const filter = document.getElementById('matrix-filter');
  const every = document.getElementById('matrix-all');
  const bodies = [...table.tBodies];
  const original = new Map(bodies.map((body) => [body, [...body.rows].slice(1)]));
  document.getElementById('matrix-tools').hidden = false;
  table.classList.add('live');

  const textOf = (element) => element.textContent.replace(/\s+/g, ' ').trim();

  // Sorting: within each group, because numbers of different questions have no order.
  const heads = [...table.querySelectorAll('thead th[data-sort]')];
  const factorOf = (row, at) => {
    const found = /([\d.,]+)x/.exec(row.cells[at]?.querySelector('.badge')?.textContent ?? '');
    return found === null ? 1 : Number(found[1].replace(/,/g, ''));
  };
  const sort = (head, direction) => {
    const at = heads.indexOf(head);
    for (const other of heads) other.removeAttribute('aria-sort');
    if (direction !== 'none') head.setAttribute('aria-sort', direction);
    const sign = direction === 'descending' ? -1 : 1;
    const by =
      at === 0
        ? (a, b) => sign * textOf(a.cells[0]).localeCompare(textOf(b.cells[0]))
        : (a, b) => sign * (factorOf(a, at) - factorOf(b, at));
    for (const [body, rows] of original) body.append(...(direction === 'none' ? rows : [...rows].sort(by)));
    const name = textOf(head);
    const what = at === 0 ? 'by name' : `by how far ${name} is behind the best`;
    status.textContent = direction === 'none' ? 'In the order of the report.' : `Sorted ${what}, ${direction}.`;
  };
  const NEXT = { none: 'descending', descending: 'ascending', ascending: 'none' };
  for (const head of heads) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...head.childNodes);
    button.title = 'Sort';
    head.append(button);
    button.addEventListener('click', () => sort(head, NEXT[head.getAttribute('aria-sort') ?? 'none']));
  }

  // Filtering: every word must be in the row, its group, or the name of a column, which then hides the others.
  const names = heads.map((head) => textOf(head).toLowerCase());
  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const named = words.filter((word) => names.some((name, at) => at > 0 && name.includes(word)));
    const rest = words.filter((word) => !named.includes(word));
    const wanted = (at) => at === 0 || named.length === 0 || named.some((word) => names[at].includes(word));
    let count = 0;
    for (const [body, rows] of original) {
      let any = false;
      const group = `${body.dataset.group} `.toLowerCase();
      for (const row of rows) {
        const text = group + textOf(row.cells[0]).toLowerCase();
        const hit = rest.every((word) => text.includes(word)) && (every.checked || !row.classList.contains('minor'));
        row.hidden = !hit;
        any ||= hit;
        count += hit ? 1 : 0;
        for (let at = 1; at < row.cells.length; at++) row.cells[at].hidden = !wanted(at);
      }
      body.hidden = !any;
    }
    heads.forEach((head, at) => {
      head.hidden = !wanted(at);
    });
    const top = table.querySelector('thead .promises');
    if (top !== null) top.hidden = named.length > 0;
    if (words.length > 0) status.textContent = `${count} ${count === 1 ? 'row' : 'rows'} shown.`;
    else status.textContent = '';
  };
  filter.addEventListener('input', show);
  every.addEventListener('change', show);
  show();

  // Copying: what is shown, in the order in which it is shown.
  const shownRows = () => {
    const visible = (row) => [...row.cells].filter((cell) => !cell.hidden).map(textOf);
    const rows = [['group', ...heads.filter((head) => !head.hidden).map(textOf)]];
    for (const body of bodies) {
      if (body.hidden) continue;
      for (const row of [...body.rows].slice(1)) if (!row.hidden) rows.push([body.dataset.group, ...visible(row)]);
    }
    return rows;
  };
  // A spreadsheet takes what begins with one of these for a formula.
  const csvField = (text) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const markdownField = (text) => text.replace(/[\\`*_{}[\]|<>~]/g, '\\$&');
  const FORMATS = {
    csv: (rows) => rows.map((row) => row.map(csvField).join(',')).join('\r\n'),
    markdown: ([head, ...rows]) =>
      [head, head.map(() => '---'), ...rows]
        .map((row, at) => `| ${row.map(at === 1 ? String : markdownField).join(' | ')} |`)
        .join('\n'),
  };
  /** A page from disk may not be allowed to use the clipboard the modern way. */
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      area.className = 'hidden';
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      if (!done) throw new Error('the browser did not allow it');
    }
  };
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', async () => {
      const rows = shownRows();
      try {
        await copy(FORMATS[button.dataset.copy](rows));
        status.textContent = `Copied ${rows.length - 1} rows.`;
      } catch (error) {
        status.textContent = `Not copied: ${error.message}.`;
      }
    });
  }
})();
