// What the page does beyond links: steps through the violations by key, copies tokens, opens everything for the printer.

export const SCRIPT = `
'use strict';
const articles = [...document.querySelectorAll('article')];

function shown() {
  return articles.findIndex(({ id }) => '#' + id === location.hash);
}

function markShown() {
  const id = articles[Math.max(0, shown())]?.id;
  for (const link of document.querySelectorAll('.chip')) {
    if (link.getAttribute('href') === '#' + id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  document.querySelector('#timeline .chip[aria-current]')?.scrollIntoView({ block: 'nearest' });
}

async function copy(button) {
  const token = button.parentElement.querySelector('.token');
  try {
    await navigator.clipboard.writeText(token.textContent);
    button.textContent = 'Copied';
  } catch {
    // Not allowed here: it is selected, for the reader to copy.
    getSelection().selectAllChildren(token);
    button.textContent = 'Selected';
  }
  setTimeout(() => (button.textContent = 'Copy'), 1500);
}

const KEYS = {
  ArrowLeft: () => articles[Math.max(0, shown()) - 1],
  ArrowRight: () => articles[Math.max(0, shown()) + 1],
};

addEventListener('hashchange', markShown);
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key === 'c') articles[Math.max(0, shown())]?.querySelector('.copy').click();
  const next = KEYS[event.key]?.();
  if (next === undefined) return;
  event.preventDefault();
  location.hash = next.id;
});
addEventListener('click', ({ target }) => {
  if (target.matches('.copy')) void copy(target);
});
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
markShown();
`;
