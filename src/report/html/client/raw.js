// Downloads: what was packed into the page is unpacked when somebody asks for it.
(() => {
  const downloads = jobbench.data('raw');
  const status = document.getElementById('downloads-status');

  const unpacked = async ({ packed, type }) => {
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Blob([await new Response(stream).arrayBuffer()], { type });
  };

  const save = async (at) => {
    const { name } = downloads[at];
    try {
      const url = URL.createObjectURL(await unpacked(downloads[at]));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      status.textContent = `${name} is in your downloads.`;
    } catch (error) {
      status.textContent = `${name} cannot be unpacked here: ${error.message}.`;
    }
  };

  document.getElementById('downloads').hidden = false;
  for (const button of document.querySelectorAll('[data-download]')) {
    button.addEventListener('click', () => save(Number(button.dataset.download)));
  }
  const spans = document.getElementById('downloads-spans');
  if (spans !== null) {
    spans.hidden = false;
    const select = document.getElementById('span');
    document.getElementById('span-download').addEventListener('click', () => save(Number(select.value)));
  }
})();
