/** A spike and a stretch of noise, for drawing beside the functions of a basis. */
import { scaleToUnitEnergy } from '../numerics/unit-energy';
import type { TypicalRecording } from './typical-recording';

/** A function for drawing, of unit energy like the functions of an orthonormal basis. */
export interface ShownFunction {
  readonly label: string;
  readonly values: Float64Array;
}

/** Share of the stretch before the spike. */
const BEFORE_SPIKE = 0.375;

/**
 * The largest spike of a recording and noise before it, in the band of 300–5000 Hz, of unit energy.
 *
 * @param length - samples of each of the two
 */
export function spikeAndNoise({ metrics, spikeAt }: TypicalRecording, length: number): ShownFunction[] {
  const { inBand } = metrics;
  const latest = Math.max(0, inBand.length - length);
  const spikeFrom = Math.min(Math.max(0, spikeAt - Math.round(BEFORE_SPIKE * length)), latest);
  // The noise starts at least a dead time away from the spike; it is taken after the spike where there is no
  // room before.
  const noiseFrom =
    spikeFrom >= 2 * length ? spikeFrom - 2 * length : Math.min(spikeFrom + 2 * length, latest);
  return [
    { label: 'a spike', values: unitEnergy(inBand.slice(spikeFrom, spikeFrom + length)) },
    { label: 'noise', values: unitEnergy(inBand.slice(noiseFrom, noiseFrom + length)) },
  ];
}

/** A function scaled to a sum of squares of 1; one of zeros stays zeros. */
export function unitEnergy(values: Float64Array): Float64Array {
  const scaled = values.slice();
  if (scaled.some((value) => value !== 0)) scaleToUnitEnergy(scaled);
  return scaled;
}
