/** On every page: the display panel. What a reader chose is kept on the device, and is set before the page is first painted. */

/** What can be chosen; the first of each is what the device does by itself, and needs no attribute. */
const CHOICES = {
  size: ['', 'large', 'largest'],
  colours: ['', 'black-on-white', 'white-on-black', 'blue'],
  font: ['', 'serif'],
  spacing: ['', 'wide'],
  pictures: ['', 'none'],
} as const;

type Choice = keyof typeof CHOICES;
type Chosen = Record<Choice, string>;

const KEPT = 'veche-display';
const root = document.documentElement;
const names = Object.keys(CHOICES) as Choice[];

/** What was kept; anything that is not on the list counts as not chosen. */
function kept(): Chosen {
  let found: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    found = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    // Storage may be switched off, or hold something else: then nothing is chosen.
  }
  const one = (name: Choice): [Choice, string] => [name, (CHOICES[name] as readonly unknown[]).includes(found[name]) ? String(found[name]) : ''];
  return Object.fromEntries(names.map(one)) as Chosen;
}

function keep(chosen: Chosen): void {
  try {
    if (names.some((name) => chosen[name] !== '')) localStorage.setItem(KEPT, JSON.stringify(chosen));
    else localStorage.removeItem(KEPT);
  } catch {
    // Without storage the choice holds for this page.
  }
}

function set(attribute: string, value: string): void {
  if (value === '') root.removeAttribute(attribute);
  else root.setAttribute(attribute, value);
}

/** Shows the page as chosen. The scheme also says light or dark, so that the browser's own controls follow. */
function apply(chosen: Chosen): void {
  for (const name of names) set(`data-${name}`, chosen[name]);
  set('data-theme', chosen.colours === '' ? '' : chosen.colours === 'white-on-black' ? 'dark' : 'light');
}

/** Ticks what is chosen. */
function tick(panel: HTMLFormElement, chosen: Chosen): void {
  for (const name of names) {
    const field = panel.elements.namedItem(name);
    if (field instanceof RadioNodeList) field.value = chosen[name];
  }
}

function chosenIn(panel: HTMLFormElement): Chosen {
  const data = new FormData(panel);
  return Object.fromEntries(names.map((name) => [name, String(data.get(name) ?? '')])) as Chosen;
}

/** Changes the page, and keeps what the reader was pressing where it was on the screen. */
function change(chosen: Chosen, pressed: Element | null): void {
  const before = pressed?.getBoundingClientRect().top ?? 0;
  apply(chosen);
  keep(chosen);
  if (pressed) scrollBy(0, pressed.getBoundingClientRect().top - before);
}

apply(kept());
root.dataset['scripts'] = '';

const panel = document.querySelector<HTMLFormElement>('#display form');
if (panel) {
  tick(panel, kept());
  panel.addEventListener('change', (event) => change(chosenIn(panel), event.target as Element | null));
  panel.addEventListener('submit', (event) => event.preventDefault());
  panel.addEventListener('reset', () => {
    const nothing = Object.fromEntries(names.map((name) => [name, ''])) as Chosen;
    setTimeout(() => tick(panel, nothing));
    change(nothing, document.activeElement);
  });
  // Other open pages of the site follow.
  addEventListener('storage', (event) => {
    if (event.key !== KEPT) return;
    apply(kept());
    tick(panel, kept());
  });
}
