/** The codecs that all others are compared with. */

/** Cosines with the best quantizer; nothing of them is learned. */
export const REFERENCE = 'mdct-256-sine+trellis';

/** The same basis with the quantizer that all bases share. */
export const PLAIN_REFERENCE = 'mdct-256-sine';
