/** Makes elements of a page. */

type Child = Node | string;

/** Makes an element with attributes and children; attributes that are false or undefined are left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Fills a list of choices. */
export function fillSelect(
  select: HTMLSelectElement,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
): void {
  select.replaceChildren(
    ...options.map(([value, label]) => element('option', { value, selected: value === chosen }, label)),
  );
  select.value = chosen;
}

const scripts = new Map<string, Promise<void>>();

/**
 * Loads a script beside the page, only once; after a failure the next call tries again.
 *
 * @param file - `"excerpts.js"`
 */
export function loadScript(file: string): Promise<void> {
  const known = scripts.get(file);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = element('script', { src: file });
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      scripts.delete(file);
      script.remove();
      reject(new Error(`${file} is missing beside this page`));
    });
    document.head.append(script);
  });
  scripts.set(file, loading);
  return loading;
}

/** Data that a loaded script left in a variable of the page. */
export function leftInPage<T>(variable: string): T | undefined {
  return (globalThis as unknown as Record<string, T | undefined>)[variable];
}
