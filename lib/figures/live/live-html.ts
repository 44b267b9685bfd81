/** A live study as self-contained HTML: a picture, which a script replaces by controls where scripts run. */
import { livePicture, prepareStudy } from './live-picture';
import type { LiveStudy } from './live-study';
import { figureJson } from '../figure';
import { pageScript } from '../page-script';
import { escapeHtml } from '../table';

/** Note for readers without scripts: how to get the controls. */
const NOTE =
  'A picture only. For its controls, open the notebook by npm run lab; one that you changed, with Trust Notebook (Ctrl+Shift+C).';

/** The first view of a study as a picture on white, for readers without scripts. */
export function firstPicture(study: LiveStudy): string {
  const colors = {
    ground: '#ffffff',
    ink: '#222222',
    grid: '#e4e4e4',
    pale: '#a8a8a8',
    accent: study.style.color,
  };
  return livePicture(prepareStudy(study), study.start, colors, NOTE);
}

/** The study as HTML; equal studies give equal text. */
export async function liveHtml(study: LiveStudy): Promise<string> {
  const picture = Buffer.from(firstPicture(study)).toString('base64');
  // Escaped, since "<" could end the script element.
  const json = figureJson(study).replace(/</g, '\\u003c');
  return (
    `<div class="neurobasis-live"><p><strong>${escapeHtml(study.title)}</strong><br>${escapeHtml(study.subtitle)}</p>` +
    `<img alt="${escapeHtml(study.title)}" style="max-width:100%" src="data:image/svg+xml;base64,${picture}">` +
    `<script type="application/json">${json}</script></div>` +
    `<script>${await pageScript('live-study')}</script>`
  );
}
