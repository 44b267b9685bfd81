/**
 * Predictors in a closed loop.
 */
import { DIFFERENCE_ORDERS, DifferenceBasis } from '../bases/prediction/difference';
import { LPC_ORDERS, LpcBasis } from '../bases/prediction/lpc';
import { NLMS_ORDERS, NLMS_RATES, NlmsBasis } from '../bases/prediction/nlms';
import { family, type CatalogEntry } from './family';

export const predictors: readonly CatalogEntry[] = [
  family({
    name: 'difference',
    title: 'Differences',
    family: 'prediction',
    learned: false,
    formatFamily: 18,
    module: 'lib/bases/prediction/difference.ts',
    notebook: '03-prediction.ipynb',
    style: { color: '#e69f00', dash: 'dot', symbol: 'diamond' },
    parameters: [{ name: 'order', values: DIFFERENCE_ORDERS, bits: 2 }],
    tried: [[1], [2], [3]],
    chosen: [1],
    create: (order) => new DifferenceBasis(order),
  }),
  family({
    name: 'lpc',
    title: 'Linear prediction',
    family: 'prediction',
    learned: false,
    formatFamily: 3,
    module: 'lib/bases/prediction/lpc.ts',
    notebook: '03-prediction.ipynb',
    style: { color: '#e69f00', dash: 'solid', symbol: 'diamond' },
    parameters: [{ name: 'order', values: LPC_ORDERS, bits: 5 }],
    tried: [[1], [2], [4], [8], [12], [16], [24], [32]],
    chosen: [12],
    chosenForFolds: [[12], [24]],
    create: (order) => new LpcBasis(order),
  }),
  family({
    name: 'nlms',
    title: 'Adaptive prediction (NLMS)',
    family: 'prediction',
    learned: false,
    formatFamily: 4,
    module: 'lib/bases/prediction/nlms.ts',
    notebook: '03-prediction.ipynb',
    style: { color: '#e69f00', dash: 'dash', symbol: 'diamond' },
    parameters: [
      { name: 'order', values: NLMS_ORDERS, bits: 3 },
      { name: 'rate', values: NLMS_RATES, bits: 3 },
    ],
    tried: [
      [8, 0.004],
      [16, 0.001],
      [16, 0.002],
      [16, 0.004],
      [16, 0.008],
      [32, 0.002],
      [32, 0.004],
    ],
    chosen: [16, 0.004],
    chosenForFolds: [
      [16, 0.008],
      [16, 0.004],
    ],
    create: (order, rate) => new NlmsBasis(order, rate),
  }),
];
