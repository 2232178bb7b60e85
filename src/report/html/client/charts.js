// Draws the plots of all sections with uPlot, and reads out what is under the pointer.
(() => {
  const HEIGHT = 300;
  const root = document.documentElement;
  root.classList.add('scripted');
  for (const table of document.querySelectorAll('details.numbers')) table.open = false;

  let colors = new Map();
  const color = (property) => {
    if (!colors.has(property)) colors.set(property, jobbench.color(property));
    return colors.get(property);
  };

  const digits = (value) => {
    const size = Math.abs(value);
    if (size === 0) return '0';
    if (size >= 1000) return Math.round(value).toLocaleString('en-US');
    return size < 1e-6 ? value.toExponential(2) : value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size))));
  };
  const inWords = (value, { unit, reads }) => {
    if (value === null || value === undefined) return '';
    if (reads === 'percentile')
      return `p${Number((100 * (1 - 1 / value)).toFixed(value < 100 ? 1 : value < 1000 ? 2 : 3))}`;
    if (unit !== 'bytes')
      return unit === 'count' || unit === ''
        ? digits(value)
        : `${digits(value)} ${unit === 'ratio' ? '' : unit}`.trim();
    const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10)));
    return `${digits(value / 1024 ** power)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
  };

  /** A part of a plot behind its lines. */
  const shaded = (u, { from, to }) => {
    const [left, right] = [from, to].map((x) =>
      Math.min(u.bbox.left + u.bbox.width, Math.max(u.bbox.left, u.valToPos(x, 'x', true))),
    );
    u.ctx.save();
    u.ctx.fillStyle = color('--line');
    u.ctx.globalAlpha = 0.5;
    u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
    u.ctx.restore();
  };

  /** A ring around a place of a line. */
  const ringed = (u, { line, at }) => {
    const value = u.data[line + 1][at];
    if (value === null || value === undefined || !u.series[line + 1].show) return;
    const [x, y] = [u.valToPos(u.data[0][at], 'x', true), u.valToPos(value, 'y', true)];
    u.ctx.save();
    u.ctx.strokeStyle = color('--ink');
    u.ctx.lineWidth = 2 * devicePixelRatio;
    u.ctx.beginPath();
    u.ctx.arc(x, y, 7 * devicePixelRatio, 0, 2 * Math.PI);
    u.ctx.stroke();
    u.ctx.restore();
  };

  const axis = (spec, side, narrow) => ({
    side,
    label: spec.label,
    labelSize: 20,
    labelFont: '12px system-ui, sans-serif',
    font: '12px system-ui, sans-serif',
    size: side === 3 ? 58 : 34,
    gap: 4,
    stroke: () => color('--soft'),
    grid: { stroke: () => color('--line'), width: 1 },
    ticks: { stroke: () => color('--line'), width: 1, size: 4 },
    splits: () => spec.ticks.map(([at]) => at),
    filter: (_, splits) => splits,
    // p95 stands too near to p90 on a narrow screen.
    values: (u) => spec.ticks.map(([, text]) => (narrow(u) && text === 'p95' ? '' : text)),
  });

  const scale = ({ kind, min, max }) => ({
    time: false,
    auto: false,
    distr: kind === 'log' ? 3 : 1,
    // A log scale has no place for 0 and less: such a value lies on its edge.
    ...(kind === 'log' && { clamp: min }),
    range: () => [min, max],
  });

  /**
   * Columns as they are drawn. What leaves a plot may leave it by millions of its heights, as the backlog of a warm-up does; on
   * paper each dash of such a line is written down, wherever it is. Two heights outside are as good.
   */
  const within = ({ columns: [x, ...lines], y: { kind, min, max } }) => {
    const [low, high] =
      kind === 'log'
        ? [min * (min / max) ** 2, max * (max / min) ** 2]
        : [min - 2 * (max - min), max + 2 * (max - min)];
    const kept = (value) => (value === null ? null : Math.min(high, Math.max(low, value)));
    return [x, ...lines.map((line) => line.map(kept))];
  };

  function options(spec, width, readOut) {
    const narrow = (u) => u.width < 520;
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      scales: { x: scale(spec.x), y: scale(spec.y) },
      axes: [axis(spec.x, 2, narrow), axis(spec.y, 3, () => false)],
      cursor: { drag: { x: false, y: false }, y: false, ...(spec.sync && { sync: { key: spec.sync } }) },
      series: [
        {},
        ...spec.lines.map(({ color: property, dash, points }) => ({
          stroke: () => color(property),
          width: 2,
          dash,
          spanGaps: spec.over === 'holes',
          points: { show: points === 'shown', size: 8, fill: () => color('--card') },
        })),
      ],
      hooks: {
        drawClear: spec.shade === undefined ? [] : [(u) => shaded(u, spec.shade)],
        draw: (spec.peaks ?? []).map((peak) => (u) => ringed(u, peak)),
        setCursor: [readOut],
      },
    };
  }

  const drawn = [];

  function prepare(place) {
    const spec = jobbench.data(place.dataset.section).plots[Number(place.dataset.plot)];
    const keys = [...place.parentElement.querySelectorAll('.key')];
    const where = document.createElement('p');
    where.className = 'readout';
    where.setAttribute('role', 'status');
    where.textContent = '\u00a0';
    place.after(where);
    let plot;

    const readOut = (u) => {
      const at = u.cursor.idx;
      const off = at === null || at === undefined || u.cursor.left < 0;
      where.textContent = off
        ? '\u00a0'
        : `${spec.x.reads || spec.x.unit ? '' : `${spec.x.label} `}${inWords(u.data[0][at], spec.x)}`;
      keys.forEach((key, line) => {
        key.querySelector('output').textContent = off ? '' : inWords(spec.columns[line + 1][at], spec.y);
      });
    };
    keys.forEach((key, line) => {
      key.addEventListener('click', () => {
        const shown = key.getAttribute('aria-pressed') !== 'true';
        key.setAttribute('aria-pressed', String(shown));
        plot?.setSeries(line + 1, { show: shown });
      });
    });
    place.tabIndex = 0;
    place.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined || plot === undefined) return;
      event.preventDefault();
      const columns = plot.data.slice(1).filter((_, line) => plot.series[line + 1].show);
      const filled = (at) => columns.some((column) => column[at] !== null && column[at] !== undefined);
      let at = plot.cursor.left >= 0 ? plot.cursor.idx + step : step > 0 ? 0 : plot.data[0].length - 1;
      while (at >= 0 && at < plot.data[0].length && !filled(at)) at += step;
      if (at >= 0 && at < plot.data[0].length) plot.setCursor({ left: plot.valToPos(plot.data[0][at], 'x'), top: 10 });
    });

    // A place in a tab that is not chosen has no width: it is drawn when it gets one.
    const resize = () => {
      const width = Math.floor(place.clientWidth);
      if (width === 0 || plot?.width === width) return;
      if (plot !== undefined) return plot.setSize({ width, height: HEIGHT });
      plot = new uPlot(options(spec, width, readOut), within(spec), place);
      drawn.push(plot);
      keys.forEach((key, line) => {
        if (key.getAttribute('aria-pressed') === 'false') plot.setSeries(line + 1, { show: false });
      });
    };
    new ResizeObserver(resize).observe(place);
    resize();
    addEventListener('beforeprint', resize);
  }

  for (const place of document.querySelectorAll('.plot')) prepare(place);

  const again = () => {
    colors = new Map();
    for (const plot of drawn) plot.redraw(false, true);
  };
  jobbench.onTheme(again);
  // Paper is white: the colours are those of the light theme while it is printed.
  let theme;
  addEventListener('beforeprint', () => {
    theme = root.dataset.theme;
    root.dataset.theme = 'light';
    again();
  });
  addEventListener('afterprint', () => {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    again();
  });
})();
