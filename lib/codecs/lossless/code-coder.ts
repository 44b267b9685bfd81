/**
 * ADC codes to a range code and back, in WebAssembly where it can run. The plain version is the specification and
 * gives the same bytes.
 */
import { decodeWithKernel, encodeWithKernel, type LosslessKernelModel } from '../../kernels/lossless-coder';
import { simdAvailable } from '../../kernels/runtime/webassembly';
import { invalidCode, withoutImplicitZeros } from '../../coding/entropy/code-bytes';
import { CodeModel } from './code-model';
import { GAUSSIAN, STUDENT } from './distributions';
import { FrequencyDecoder, FrequencyEncoder } from './frequency-coder';
import { WIDTH_UNIT } from './linear-scale';
import type { LosslessPreset } from './preset';

/**
 * Codes the samples of a recording.
 *
 * @param codes - 0…1023
 * @param simd - false for the plain version
 */
export function encodeCodes(
  codes: Uint16Array,
  preset: LosslessPreset,
  simd: boolean = simdAvailable,
): Uint8Array {
  if (simd) {
    return withoutImplicitZeros(encodeWithKernel(codes, kernelModel(preset))).slice();
  }
  const model = new CodeModel(preset);
  const encoder = new FrequencyEncoder();
  model.encode(codes, encoder);
  return encoder.finish();
}

/**
 * The samples that {@link encodeCodes} coded.
 *
 * @param bytes - the code lies from `start` to `end`
 * @param samples - number of samples
 * @param simd - false for the plain version
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function decodeCodes(
  bytes: Uint8Array,
  start: number,
  end: number,
  samples: number,
  preset: LosslessPreset,
  simd: boolean = simdAvailable,
): Uint16Array {
  if (simd) {
    const codes = decodeWithKernel(bytes.subarray(start, end), samples, kernelModel(preset));
    if (codes === undefined) throw invalidCode();
    return codes;
  }
  const decoder = new FrequencyDecoder(bytes, start, end);
  const codes = new Uint16Array(samples);
  new CodeModel(preset).decode(codes, decoder);
  decoder.finish();
  return codes;
}

/** What the kernel takes a preset as. */
export function kernelModel(preset: LosslessPreset): LosslessKernelModel {
  const { fixed, widths, features, prior, learnsEvery, learnsWidths } = preset;
  const given = widths.map((width, k) => (k === 0 || k === widths.length - 1 ? 1 : width * WIDTH_UNIT));
  const { innovations, bursts, averages, rises } = features;
  return {
    fixed,
    priorWeights: prior.weights,
    precisions: prior.precisions,
    widths: given,
    gaussian: GAUSSIAN,
    student: STUDENT,
    features: [innovations, bursts, averages, rises],
    learnsEvery,
    learnsWidths,
  };
}
