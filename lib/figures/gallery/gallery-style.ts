/**
 * The style sheet of the gallery.
 */
import { DARK_SURFACE } from '../dark-colors';

const LIGHT = `color-scheme: light; --ink: #222; --soft: #555; --line: #ddd; --link: #005a8e; --ground: #f6f6f4; --surface: #fff;
--field: #fff; --edge: #8a8a8a; --accent: #005a8e; --on-accent: #fff; --warning: #fff3d6; --best: #e8f3ea;`;

const DARK = `color-scheme: dark; --ink: #ececec; --soft: #b4b8bf; --line: #3a3f47; --link: #7cc4f5; --ground: #131518; --surface: ${DARK_SURFACE};
--field: #25292f; --edge: #7d838c; --accent: #7cc4f5; --on-accent: #10202c; --warning: #3d3217; --best: #20382a;`;

/** Colors of both themes are variables, and all rules use these; on paper the theme is always light. */
export const GALLERY_STYLE = `
:root { ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
@media screen { :root[data-theme="light"] { ${LIGHT} } :root[data-theme="dark"] { ${DARK} } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 16px/1.5 "Open Sans", Arial, Helvetica, sans-serif; }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
main:focus { outline: none; }
header { padding-top: 24px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 6px; }
h2 { font-size: 22px; margin: 40px 0 12px; padding-top: 8px; }
h2 small { font-size: 14px; font-weight: normal; margin-left: 8px; }
h3 { font-size: 17px; line-height: 1.35; margin: 0; }
#waveform-title { display: inline-block; margin-bottom: 8px; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, select:focus-visible, input:focus-visible, [tabindex="0"]:focus-visible, h3:focus-visible {
  outline: 3px solid #e69f00; outline-offset: 2px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 12px; top: 8px; background: var(--surface); padding: 6px 12px; z-index: 2000; }
nav { display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 8px 0 4px; border-bottom: 1px solid var(--line); }
.synthetic { background: var(--warning); border-left: 5px solid #e69f00; padding: 8px 14px; }
figure, .scroll, .card, .split { background: var(--surface); border: 1px solid var(--line); border-radius: 6px; margin: 0 0 22px; padding: 16px 18px 10px; }
figcaption p, .note, .files { color: var(--soft); font-size: 14px; margin: 2px 0 8px; }
.files { text-align: right; margin: 4px 0 0; }
.frame { overflow-x: auto; min-width: 0; }
.plot, .chart { width: 100%; }
.chart { min-height: 200px; }
#curve-chart { min-height: 520px; border-radius: 4px; }
#waveform-plot { min-height: 430px; }
.plot.columns { min-width: 680px; }
.plot img { max-width: 100%; height: auto; background: #fff; }
.scroll { overflow-x: auto; margin-bottom: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: normal; text-align: right; }
th[scope="row"], .words { text-align: left; }
thead th { font-weight: 600; font-size: 14px; white-space: normal; vertical-align: bottom; }
thead th.number { min-width: 70px; }
tbody th { font-weight: 600; }
tbody tr:hover { background: color-mix(in srgb, var(--accent) 7%, transparent); }
thead th[colspan] { text-align: center; border-bottom: none; padding-bottom: 0; }
td.best { background: var(--best); font-weight: 600; }
button, select, input[type="search"] { font: inherit; font-size: 14px; color: var(--ink); background: var(--field); border: 1px solid var(--edge); border-radius: 5px; padding: 4px 10px; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.theme { float: right; display: flex; }
.theme button { border-radius: 0; margin-left: -1px; font-size: 13px; padding: 2px 9px; }
.theme button:first-child { border-radius: 5px 0 0 5px; }
.theme button:last-child { border-radius: 0 5px 5px 0; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 18px; font-size: 14px; margin-bottom: 6px; }
.controls select { max-width: 290px; margin-left: 4px; }
.controls .check input, .controls .range input { vertical-align: middle; accent-color: var(--accent); }
.controls output { display: inline-block; min-width: 4.5em; }
.split { display: grid; grid-template-columns: 250px minmax(0, 1fr); gap: 18px; margin-bottom: 14px; }
.chooser { font-size: 14px; min-width: 0; }
.chooser input[type="search"] { width: 100%; }
.chips { display: flex; flex-wrap: wrap; gap: 5px; margin: 8px 0; }
.chip { font-size: 13px; padding: 1px 9px; border-radius: 12px; }
.all { margin: 6px 0; }
.files button { font-size: 12px; padding: 0 7px; }
.verdict p { max-width: 72ch; }
.paper { display: inline-block; margin-left: 18px; font-size: 14px; }
.paper input { font: inherit; width: 4.5em; color: var(--ink); background: var(--field); border: 1px solid var(--edge); border-radius: 5px; }
.all button { font-size: 13px; padding: 1px 9px; }
#curve-list { list-style: none; margin: 8px 0; padding: 2px; max-height: 400px; overflow-y: auto; }
#curve-list label { display: flex; align-items: center; gap: 6px; padding: 2px 4px; border-radius: 4px; cursor: pointer; }
#curve-list label:hover { background: color-mix(in srgb, var(--accent) 10%, transparent); }
#curve-list input { flex: none; margin: 0; accent-color: var(--accent); }
.name { overflow-wrap: anywhere; line-height: 1.25; }
.swatch { flex: none; vertical-align: middle; --color: var(--light); }
.swatch .stroke { stroke: var(--color); fill: none; }
.swatch .fill { fill: var(--color); }
@media screen { [data-theme="dark"] .swatch { --color: var(--dark); } }
.sort { background: none; border: none; padding: 0; font-weight: 600; text-align: inherit; color: inherit; }
[aria-sort="ascending"] .sort::after { content: "\\00A0\\25B4"; }
[aria-sort="descending"] .sort::after { content: "\\00A0\\25BE"; }
.see { font-size: 12px; padding: 0 7px; margin-left: 4px; font-weight: normal; color: var(--link); border-color: var(--line); }
.cursor { min-height: 1.5em; font-size: 13px; margin: 0 0 2px; }
@media (max-width: 820px) { .split { grid-template-columns: minmax(0, 1fr); } #curve-list { max-height: 190px; border: 1px solid var(--line); border-radius: 5px; } }
@media (max-width: 600px) {
  header, main { padding-left: 10px; padding-right: 10px; }
  figure, .split, .card { padding: 12px 8px 8px; }
  .controls label { flex: 1 1 100%; }
  .controls select { max-width: 100%; }
  .see { display: block; margin: 2px 0 0 40px; }
}
@media print {
  @page { margin: 14mm; }
  body { background: #fff; font-size: 11pt; }
  header, main { max-width: none; padding: 0; }
  figure, .card, .split, .scroll { border: none; padding: 6px 0; }
  figure, .card, .split, tr { break-inside: avoid; }
  h2, figcaption { break-after: avoid; }
  nav, .skip, .files, .theme, .controls button, #chart-help, .cursor, .all, .see, .chooser input, .chips { display: none !important; }
  .split { display: block; }
  #curve-list { max-height: none; columns: 3; }
  #curve-list li:has(input:not(:checked)) { display: none; }
  .scroll { overflow: visible; }
  .frame { overflow: hidden; }
  .plot.columns { min-width: 0; }
  table { font-size: 8pt; }
  th, td { padding: 2px 4px; }
  thead th { min-width: 0; font-size: 8pt; }
  .modebar-container { display: none; }
}
`;
