/**
 * Draws the figures of the notebooks when they come near the visible part of the page, and shows their pictures when
 * it cannot.
 */
import type { Data, Layout } from 'plotly.js';
import { draw, onRedraw } from './plotly';

function showPicture(plot: HTMLElement, id: string): void {
  const image = new Image();
  image.src = id.replace(/-data$/, '.svg');
  image.alt = plot.getAttribute('aria-label') ?? '';
  plot.replaceChildren(image);
  plot.dataset['drawn'] = 'picture';
}

function drawSaved(plot: HTMLElement): void {
  if (plot.dataset['drawn'] === 'picture') return;
  plot.dataset['drawn'] ??= 'begun';
  const id = plot.dataset['figure']!;
  const { data, layout } = JSON.parse(document.getElementById(id)!.textContent!) as {
    data: Data[];
    layout: Partial<Layout>;
  };
  if (plot.clientWidth < 640) {
    layout.legend = {
      ...layout.legend,
      orientation: 'h',
      x: 0,
      xanchor: 'left',
      y: -0.25,
      yanchor: 'top',
    };
  }
  draw(plot, data, layout).then(
    () => (plot.dataset['drawn'] = 'interactive'),
    () => showPicture(plot, id),
  );
}

/** Draws what is near, now and when the page is scrolled; all of it before printing. */
export function startSavedFigures(): void {
  const plots = [...document.querySelectorAll<HTMLElement>('.plot[data-figure]')];
  onRedraw((forPaper) => plots.filter((plot) => forPaper || plot.dataset['drawn']).forEach(drawSaved));
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        drawSaved(target as HTMLElement);
      }
    },
    { rootMargin: '600px' },
  );
  plots.forEach((plot) => observer.observe(plot));
}
