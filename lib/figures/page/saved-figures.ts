/**
 * Draws the figures of the notebooks when they come near the visible part of the page. Where that fails,
 * their pictures stay.
 */
import type { Data, Layout } from 'plotly.js';
import { FIGURES_VARIABLE } from '../gallery/explorer-data';
import { LINE_LABEL } from '../line-labels';
import { leftInPage, loadScript } from './elements';
import { addPaperButtons } from './paper-buttons';
import { draw, onRedraw } from './plotly';

interface PageFigure {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
}

/** Width below which a figure has its legend below it and no names beside its lines, CSS pixels. */
const NARROW = 640;

function showPicture(plot: HTMLElement): void {
  const image = new Image();
  image.src = `${plot.dataset['figure']!}.svg`;
  image.alt = plot.getAttribute('aria-label') ?? '';
  plot.replaceChildren(image);
  plot.dataset['drawn'] = 'picture';
}

/** The layout of a figure on a phone. */
function narrowLayout(layout: Partial<Layout>): Partial<Layout> {
  const annotations = layout.annotations?.filter((one) => (one as { name?: string }).name !== LINE_LABEL);
  const named = annotations?.length !== layout.annotations?.length;
  return {
    ...layout,
    ...(annotations && { annotations }),
    ...(named && { showlegend: true, margin: { ...layout.margin, r: 16 } }),
    legend: {
      ...layout.legend,
      orientation: 'h',
      x: 0,
      xanchor: 'left',
      y: -0.25,
      yanchor: 'top',
      yref: 'paper',
    },
  };
}

async function figureOf(plot: HTMLElement): Promise<PageFigure> {
  await loadScript(`${plot.dataset['notebook']!}.js`);
  const figure = leftInPage<Record<string, PageFigure>>(FIGURES_VARIABLE)?.[plot.dataset['figure']!];
  if (!figure) throw new Error(`there is no figure ${plot.dataset['figure']}`);
  return figure;
}

async function drawSaved(plot: HTMLElement): Promise<void> {
  if (plot.dataset['drawn'] === 'picture') return;
  plot.dataset['drawn'] ??= 'begun';
  try {
    const { data, layout } = await figureOf(plot);
    await draw(plot, data, plot.clientWidth < NARROW ? narrowLayout(layout) : layout);
    plot.dataset['drawn'] = 'interactive';
  } catch {
    showPicture(plot);
  }
}

/** Draws figures near the visible part, at first and on scrolling, and all figures before printing. */
export function startSavedFigures(): void {
  const plots = [...document.querySelectorAll<HTMLElement>('.plot[data-figure]')];
  plots.forEach((plot) => addPaperButtons(plot, () => figureOf(plot)));
  onRedraw((forPaper) =>
    plots.filter((plot) => forPaper || plot.dataset['drawn']).forEach((plot) => void drawSaved(plot)),
  );
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        void drawSaved(target as HTMLElement);
      }
    },
    { rootMargin: '600px' },
  );
  plots.forEach((plot) => observer.observe(plot));
  // Printing does not wait for loading, so everything for paper has to be loaded before.
  addEventListener('load', () => {
    for (const notebook of new Set(plots.map((plot) => plot.dataset['notebook']!)))
      loadScript(`${notebook}.js`).catch(() => undefined);
  });
}
