// Tabs: arrow keys, Home and End move between them, as the pattern of the ARIA guide has it.
(() => {
  for (const list of document.querySelectorAll('[role="tablist"]')) {
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    const panels = tabs.map((tab) => document.getElementById(tab.getAttribute('aria-controls')));

    const choose = (at) => {
      tabs.forEach((tab, place) => {
        tab.setAttribute('aria-selected', String(place === at));
        tab.tabIndex = place === at ? 0 : -1;
        panels[place].hidden = place !== at;
      });
    };
    tabs.forEach((tab, place) => {
      tab.addEventListener('click', () => choose(place));
    });
    list.addEventListener('keydown', (event) => {
      const now = tabs.indexOf(document.activeElement);
      const last = tabs.length - 1;
      const next = {
        ArrowRight: now === last ? 0 : now + 1,
        ArrowLeft: now === 0 ? last : now - 1,
        Home: 0,
        End: last,
      }[event.key];
      if (next === undefined || now < 0) return;
      event.preventDefault();
      choose(next);
      tabs[next].focus();
    });
    for (const panel of panels) panel.tabIndex = 0;
    list.hidden = false;
    choose(0);

    // On paper there is nothing to press: everything stands there.
    let chosen = 0;
    addEventListener('beforeprint', () => {
      chosen = tabs.findIndex((tab) => tab.getAttribute('aria-selected') === 'true');
      for (const panel of panels) panel.hidden = false;
    });
    addEventListener('afterprint', () => choose(chosen));
  }
})();
