/**
 * Light or dark: as the system has it, unless the reader says otherwise; what they said is remembered where the
 * browser lets a page from disk remember.
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
        // The choice holds for as long as the page is open.
      }
      show();
    });
  }
  darkSystem.addEventListener('change', show);
  show();
}
