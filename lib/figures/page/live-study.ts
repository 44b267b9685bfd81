/**
 * Controls for the live studies of a page: a notebook in JupyterLab, or one that was saved as HTML.
 */
import { darkColor } from '../dark-colors';
import { livePicture, prepareStudy, type LiveColors } from '../live/live-picture';
import { pointText, type LiveStudy } from '../live/live-study';
import { element } from './elements';

/**
 * Colors of the present theme. JupyterLab names its theme. Elsewhere the picture is transparent, and the
 * page's background is taken to be light.
 */
function colorsOf(study: LiveStudy): LiveColors {
  const dark = document.body.dataset['jpThemeLight'] === 'false';
  const shade = (color: string): string => (dark ? darkColor(color) : color);
  return {
    ground: 'transparent',
    ink: dark ? '#ececec' : '#222222',
    grid: shade('#e4e4e4'),
    pale: shade('#a8a8a8'),
    accent: shade(study.style.color),
  };
}

function start(root: HTMLElement): void {
  const study = JSON.parse(root.querySelector('script[type="application/json"]')!.textContent!) as LiveStudy;
  const prepared = prepareStudy(study);
  const places = [...study.start];
  const picture = element('div');
  const facts = element('output', { 'aria-live': 'polite', style: 'display:block;margin:4px 0' });
  const show = (): void => {
    picture.innerHTML = livePicture(prepared, places, colorsOf(study));
    facts.textContent = pointText(study, places);
  };
  const controls = study.controls.map(({ label, values }, i) => {
    const shown = element('output', { style: 'display:inline-block;min-width:4em' });
    const range = element('input', {
      type: 'range',
      min: 0,
      max: values.length - 1,
      step: 1,
      value: places[i]!,
      'aria-label': label,
      style: 'vertical-align:middle;width:170px',
      // In JupyterLab the arrow keys are shortcuts. This attribute keeps them for the control, and it must be
      // on the focused element itself.
      'data-lm-suppress-shortcuts': 'true',
    });
    const take = (): void => {
      places[i] = Number(range.value);
      shown.textContent = String(values[places[i]!]);
      range.setAttribute('aria-valuetext', shown.textContent);
    };
    range.addEventListener('input', () => {
      take();
      show();
    });
    take();
    return element(
      'label',
      { style: 'margin-right:22px;white-space:nowrap' },
      `${label} `,
      range,
      ' ',
      shown,
    );
  });
  const panel = element('div', { class: 'neurobasis-live-controls' }, ...controls, facts, picture);
  root.querySelector('img')?.replaceWith(panel);
  show();
  // JupyterLab changes its theme without reloading the page.
  new MutationObserver(show).observe(document.body, {
    attributes: true,
    attributeFilter: ['data-jp-theme-light'],
  });
}

for (const root of document.querySelectorAll<HTMLElement>('.neurobasis-live:not([data-started])')) {
  root.dataset['started'] = '';
  start(root);
}
