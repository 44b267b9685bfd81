/** Samples of the waveform of a spike, 2.5 ms at 19,531 Hz. */
export const SPIKE_WINDOW = 48;

/** Samples of the window before the threshold is crossed. */
export const SPIKE_LEAD = 16;
