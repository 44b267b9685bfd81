/**
 * View of the explorer: the reader's choices, and their form in the page's address, so that a view can be
 * bookmarked.
 */
import { chosenCurves } from '../chosen-curves';
import type { ExplorerData } from '../gallery/explorer-data';
import { COSTS, QUALITIES, type Cost, type Quality } from './measures';

/** A view of the results. */
export interface ViewState {
  quality: Quality;
  cost: Cost;
  /** Reference of relative curves: the id of a curve, `bound` for the Gaussian bound, or empty for none. */
  reference: string;
  intervals: boolean;
  /** Ids of the bases that are checked in the list. */
  readonly chosen: Set<string>;
  /** Families that pass the filter. */
  readonly families: Set<string>;
  search: string;
}

const PREFIX = '#explore:';

/**
 * The initial view: the best of each family, as many as can be told apart, in PSNR over compression ratio.
 */
function initialState({ curves }: ExplorerData): ViewState {
  return {
    quality: QUALITIES[0]!,
    cost: COSTS[0]!,
    reference: '',
    intervals: true,
    chosen: new Set(chosenCurves(curves.map((curve) => ({ curve }))).map(({ curve }) => curve.basis)),
    families: new Set(curves.map(({ family }) => family)),
    search: '',
  };
}

/** The view in an address. Missing or unknown parts are as in the initial view. */
export function stateFromAddress(data: ExplorerData, hash: string): ViewState {
  const state = initialState(data);
  if (!hash.startsWith(PREFIX)) return state;
  const asked = new URLSearchParams(hash.slice(PREFIX.length));
  state.quality = QUALITIES.find(({ id }) => id === asked.get('quality')) ?? state.quality;
  state.cost = COSTS.find(({ id }) => id === asked.get('cost')) ?? state.cost;
  const reference = asked.get('minus') ?? '';
  if (reference === 'bound' || data.curves.some(({ basis }) => basis === reference))
    state.reference = reference;
  state.intervals = asked.get('intervals') !== 'no';
  const keep = (set: Set<string>, name: string): void => {
    const list = asked.get(name)?.split(',');
    if (list) for (const one of [...set]) if (!list.includes(one)) set.delete(one);
  };
  const bases = asked.get('bases')?.split(',');
  if (bases) {
    state.chosen.clear();
    for (const { basis } of data.curves) if (bases.includes(basis)) state.chosen.add(basis);
  }
  keep(state.families, 'families');
  state.search = asked.get('search') ?? '';
  return state;
}

/** The part of an address that restores this view. */
export function addressOfState(data: ExplorerData, state: ViewState): string {
  const first = initialState(data);
  const parts = new URLSearchParams();
  if (state.quality !== first.quality) parts.set('quality', state.quality.id);
  if (state.cost !== first.cost) parts.set('cost', state.cost.id);
  if (state.reference) parts.set('minus', state.reference);
  if (!state.intervals) parts.set('intervals', 'no');
  const same =
    state.chosen.size === first.chosen.size && [...state.chosen].every((one) => first.chosen.has(one));
  if (!same) parts.set('bases', [...state.chosen].join(','));
  if (state.families.size < first.families.size) parts.set('families', [...state.families].join(','));
  if (state.search) parts.set('search', state.search);
  return PREFIX + parts.toString();
}

/** Whether a curve passes the filters: its family, and words in its id, name or parameters. */
export function passesFilters(state: ViewState, curve: ExplorerData['curves'][number]): boolean {
  if (!state.families.has(curve.family)) return false;
  const text = [
    curve.basis,
    curve.title,
    curve.family,
    ...Object.entries(curve.parameters).map(([name, value]) => `${name} ${value}`),
  ]
    .join(' ')
    .toLowerCase();
  return state.search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
