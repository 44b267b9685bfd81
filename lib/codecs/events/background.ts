/** Noise between spikes, so that a detection threshold taken from the decoded signal is that of the recording. */
import { amplitudeOfLevel, unitNoise } from '../noise';
import { SHAPE_LEAD, SHAPE_WINDOW } from './spike-shapes';
import type { SpikeTrain } from './spike-train';

/** Adds the noise of a train to a signal, where no spike lies. */
export function addBackground(signal: Float64Array, { events, noise }: SpikeTrain): void {
  const amplitude = amplitudeOfLevel(noise);
  const next = unitNoise();
  let event = 0;
  for (let i = 0; i < signal.length; i++) {
    const value = amplitude * next();
    while (event < events.length && events[event]!.time - SHAPE_LEAD + SHAPE_WINDOW <= i) event++;
    if (event === events.length || i < events[event]!.time - SHAPE_LEAD) signal[i]! += value;
  }
}
