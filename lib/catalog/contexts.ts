/**
 * Lapped cosines whose entropy coder has learned to predict a magnitude from its neighbors.
 */
import { LearnedContextsBasis } from '../bases/contexts/contexts';
import { NetworkBasis } from '../bases/contexts/network';
import { CONTEXT_BLOCK_LENGTHS } from '../bases/parts/context-coding';
import { family, type CatalogEntry } from './family';

export const learnedContexts: readonly CatalogEntry[] = [
  family({
    name: 'contexts',
    title: 'Learned contexts over lapped cosines',
    family: 'quantizer',
    learned: true,
    formatFamily: 43,
    module: 'lib/bases/contexts/contexts.ts',
    notebook: '28-contexts.ipynb',
    style: { color: '#0072b2', dash: 'dashdot', symbol: 'star' },
    parameters: [{ name: 'blockLength', values: CONTEXT_BLOCK_LENGTHS, bits: 1 }],
    tried: [[256]],
    chosen: [256],
    create: (blockLength) => new LearnedContextsBasis(blockLength),
  }),
  family({
    name: 'network',
    title: 'Network over lapped cosines',
    family: 'quantizer',
    learned: true,
    formatFamily: 44,
    module: 'lib/bases/contexts/network.ts',
    notebook: '29-network.ipynb',
    style: { color: '#cc79a7', dash: 'longdash', symbol: 'star' },
    parameters: [{ name: 'blockLength', values: CONTEXT_BLOCK_LENGTHS, bits: 1 }],
    tried: [[256]],
    chosen: [256],
    create: (blockLength) => new NetworkBasis(blockLength),
  }),
];
