import type { Dash, MarkerSymbol } from 'plotly.js';

/** How the line of one basis looks, in every figure the same. */
export interface LineStyle {
  /** CSS color, one of the palette of figures. */
  readonly color: string;
  readonly dash: Dash;
  readonly symbol: MarkerSymbol;
}
