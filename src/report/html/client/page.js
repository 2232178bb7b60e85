// What all scripts of the page share: data of sections, and the theme.
globalThis.jobbench = (() => {
  const root = document.documentElement;
  const listeners = [];
  const dark = matchMedia('(prefers-color-scheme: dark)');

  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
  const changed = () => {
    for (const listener of listeners) listener(isDark() ? 'dark' : 'light');
  };

  const button = document.getElementById('theme');
  const label = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} theme`);
  };
  button.hidden = false;
  label();
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    label();
    changed();
  });
  dark.addEventListener('change', () => {
    label();
    changed();
  });

  return {
    /** What a section carries for its scripts. */
    data(id) {
      const element = document.getElementById(`data-${id}`);
      return element === null ? undefined : JSON.parse(element.textContent);
    },
    /** The colour that a custom property has in the theme of now: `--k0`, `--ink`. */
    color(property) {
      return getComputedStyle(root).getPropertyValue(property).trim();
    },
    /** Calls back with `light` or `dark` whenever the theme changes: what is drawn on a canvas must be drawn again. */
    onTheme(listener) {
      listeners.push(listener);
    },
  };
})();
