/**
 * The switch of light and dark: as in the system, unless the reader chooses. The choice is remembered where
 * the browser allows it for pages from disk.
 */

type Choice = 'system' | 'light' | 'dark';

const KEY = 'neurobasis-theme';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

let choice: Choice = remembered();

function remembered(): Choice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  return choice === 'dark' || (choice === 'system' && darkSystem.matches);
}

function apply(): void {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
  dispatchEvent(new Event('themechange'));
}

/** Makes the buttons of the switch work. */
export function startThemeSwitch(): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-theme-choice]')];
  const show = (): void => {
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(button.dataset['themeChoice'] === choice));
    }
    apply();
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      choice = button.dataset['themeChoice'] as Choice;
      try {
        if (choice === 'system') localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, choice);
      } catch {
        // The browser refused to store the choice, so it holds only while the page is open.
      }
      show();
    });
  }
  darkSystem.addEventListener('change', show);
  show();
}
