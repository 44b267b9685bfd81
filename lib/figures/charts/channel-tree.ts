/** Tree of channels: each is joined to the one that it is predicted from. */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import { linearAxis, PALETTE, subtitle, themeLayout, type Headline } from '../theme';

/** Height of a channel, CSS pixels. */
const ROW = 20;

/**
 * Channels from top to bottom, further to the right the more predictions lie before them.
 *
 * @param sources - channel that each channel is predicted from, an earlier one; undefined where there is none
 * @param names - of the channels
 */
export function channelTree(
  sources: readonly (number | undefined)[],
  names: readonly string[],
  headline: Headline,
  options: { readonly name?: string } = {},
): Figure {
  const depths: number[] = [];
  for (const source of sources) depths.push(source === undefined ? 0 : depths[source]! + 1);
  const joints = sources.flatMap((source, c): [number, number | null][] => {
    if (source === undefined) return [];
    // A right angle: across at the height of the channel, and up to its source. A null ends a line.
    return [
      [depths[source]!, source],
      [depths[source]!, c],
      [depths[c]!, c],
      [NaN, null],
    ];
  });
  const data: Data[] = [
    {
      type: 'scatter',
      mode: 'lines',
      x: joints.map(([x]) => (Number.isNaN(x) ? null : x)),
      y: joints.map(([, y]) => y),
      line: { color: PALETTE.gray, width: 1.4 },
      hoverinfo: 'skip',
      showlegend: false,
    },
    {
      type: 'scatter',
      mode: 'text+markers',
      x: depths,
      y: depths.map((_, c) => c),
      text: names.map((name) => ` ${name}`),
      textposition: 'middle right',
      marker: {
        color: sources.map((source) => (source === undefined ? PALETTE.vermilion : PALETTE.blue)),
        size: 9,
      },
      hovertemplate: '%{text}: %{x} predictions before it<extra></extra>',
      cliponaxis: false,
      showlegend: false,
    },
  ];
  const deepest = Math.max(0, ...depths);
  return {
    name: options.name ?? 'channel-tree',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, { height: 190 + ROW * sources.length, legendEntries: 0 }),
      xaxis: linearAxis(
        { quantity: 'Predictions before a channel', unit: 'none' },
        { range: [-0.3, deepest + 1.2], dtick: 1 },
      ),
      yaxis: linearAxis(
        { quantity: 'Channel', unit: 'none' },
        { range: [sources.length - 0.3, -0.7], showgrid: false },
      ),
    },
  };
}
