/**
 * Buttons below each figure that give it at the size of a column of a paper: as an SVG file, and to the printer, which can
 * make a PDF of it.
 */
import { FIGURE_HEIGHT, FIGURE_WIDTH, type Figure } from '../figure';
import { paperFigure, PaperSizeError } from '../paper-figure';
import { element } from './elements';
import { picture } from './plotly';

/** Width on paper, mm: one and a half columns of most journals. */
const WIDTH = 120;

/** Heights that are tried where a figure is too high for its share of the width, mm. */
const MORE = 15;
const MOST = 240;

/** A figure on paper, with its size in mm. */
interface PaperPicture {
  readonly address: string;
  readonly height: number;
}

async function onPaper(figure: Figure): Promise<PaperPicture> {
  let height = Math.round((WIDTH * Number(figure.layout.height ?? FIGURE_HEIGHT)) / FIGURE_WIDTH);
  for (;;) {
    try {
      const sized = paperFigure(figure, { width: WIDTH, height, title: false });
      return { address: await picture(sized, 'svg'), height };
    } catch (error) {
      if (!(error instanceof PaperSizeError) || height >= MOST) throw error;
      height += MORE;
    }
  }
}

/** Prints a picture alone, on a page of its size. */
function print({ address, height }: PaperPicture): void {
  const frame = element('iframe', {
    title: 'figure to print',
    style: 'position:fixed;width:0;height:0;border:0',
  });
  const style = element(
    'style',
    {},
    `@page{size:${WIDTH}mm ${height}mm;margin:0}body{margin:0}img{display:block;width:${WIDTH}mm}`,
  );
  const image = element('img', { src: address, alt: '' });
  frame.addEventListener('load', () => {
    const inner = frame.contentDocument!;
    if (inner.body.childElementCount > 0) return;
    inner.head.append(style);
    image.addEventListener('load', () => {
      frame.contentWindow!.addEventListener('afterprint', () => frame.remove());
      frame.contentWindow!.print();
    });
    inner.body.append(image);
  });
  document.body.append(frame);
}

/**
 * Adds the buttons to a figure of the page.
 *
 * @param plot - place of the figure
 * @param figureOf - its data and layout, loaded when a button is pressed
 */
export function addPaperButtons(
  plot: HTMLElement,
  figureOf: () => Promise<Pick<Figure, 'data' | 'layout'>>,
): void {
  const place = plot.closest('figure')?.querySelector('.files');
  if (!place) return;
  const name = plot.dataset['figure']!;
  const status = element('span', { role: 'status' });
  const button = (text: string, use: (made: PaperPicture) => void): HTMLButtonElement => {
    const made = element(
      'button',
      { type: 'button', title: `${WIDTH} mm wide, letters of 8 points, without its title` },
      text,
    );
    made.addEventListener('click', () => {
      status.textContent = '';
      const title = plot.getAttribute('aria-label') ?? name;
      figureOf()
        .then((figure) => onPaper({ name, title, subtitle: '', ...figure }))
        .then(use)
        .catch((error: unknown) => (status.textContent = ` ${(error as Error).message}`));
    });
    return made;
  };
  place.append(
    ' · for a paper: ',
    button('SVG', ({ address }) => element('a', { href: address, download: `${name}.svg` }).click()),
    ' ',
    button('print or PDF', print),
    status,
  );
}
