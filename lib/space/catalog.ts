/** The list of spatial bases: their ids, and their numbers in the format. */
import { BasisParameterError } from '../bases/basis';
import { GRAPH_FOURIER } from './graph-fourier';
import { KARHUNEN_LOEVE } from './karhunen-loeve';
import { NO_SPACE } from './no-space';
import { PROBE_COSINE, PROBE_HAAR } from './along-probe';
import {
  BEST_EARLIER,
  MEAN_REFERENCE,
  MEDIAN_REFERENCE,
  NEAREST_NEIGHBOR,
  SEVERAL_EARLIER,
} from './prediction';
import type { SpatialFamily } from './spatial-basis';

/** In the order of their numbers in the format, from 0. A number never gets another meaning. */
export const SPATIAL_FAMILIES: readonly SpatialFamily[] = [
  NO_SPACE,
  PROBE_COSINE,
  PROBE_HAAR,
  GRAPH_FOURIER,
  KARHUNEN_LOEVE,
  MEAN_REFERENCE,
  MEDIAN_REFERENCE,
  NEAREST_NEIGHBOR,
  BEST_EARLIER,
  SEVERAL_EARLIER,
];

/** @throws BasisParameterError that lists the ids that there are */
export function spatialFamily(id: string): SpatialFamily {
  const found = SPATIAL_FAMILIES.find((family) => family.id === id);
  if (found) return found;
  throw new BasisParameterError(
    `There is no spatial basis "${id}": write one of ${SPATIAL_FAMILIES.map((family) => family.id).join(', ')}.`,
  );
}
