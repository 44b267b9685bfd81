import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { basisFor, type Basis } from '../../lib/bases/basis';
import { frequencyEdges } from '../../lib/bases/parts/frequency-bands';
import { octaveWeight, SPIKE_WEIGHT } from '../../lib/bases/parts/frequency-weight';
import { catalog } from '../../lib/catalog/catalog';
import { WEIGHTED_FAMILY } from '../../lib/catalog/format-numbers';
import { basisId } from '../../lib/catalog/ids';
import { codecFromId, findCodec, parseCodecId, transformCodecFromId } from '../../lib/codecs/codec-from-id';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { FILLED_FAMILY, FilledCodec } from '../../lib/codecs/filled-codec';
import { readBitstream } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { bandFilter, SPIKE_BAND } from '../../lib/metrics/spike-band';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { measureViewsOfCodes } from '../../lib/measuring/measure-views';
import { inBandPowerResponse } from '../../lib/metrics/in-band-response';
import { uniformNumbers } from '../../lib/numerics/random';
import { NEURALINK_ELECTRODE, pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';

const WEIGHTED = [
  'mdct-256-sine+weight-spikes+trellis',
  'mdct-64-kbd+weight-12-0-0-6',
  'dct-128+weight-spikes',
  'dft-64-rectangular+weight-spikes',
  'dwt-sym13-8-periodic+weight-spikes+rdoq',
  'biorthogonal-bior6.8-8+weight-spikes',
  'packets-sym13-9-rate+weight-spikes+trellis',
  'packets-sym4-8-entropy+weight-24-0-0',
  'segments-512-64+weight-spikes',
  'switched-512+weight-0-3',
];
const FILLED = [
  'mdct-256-sine+fill',
  'mdct-256-sine+weight-spikes+trellis+fill',
  'packets-sym13-9-rate+weight-30-0-0-0-12+fill',
  'dwt-sym13-8-periodic+trellis+fill',
];

function noisy(samples: number, seed: number): Uint16Array {
  const random = uniformNumbers(seed);
  return new Uint16Array(samples).map((_, i) =>
    Math.round(
      500 + 90 * Math.sin(i / 300) + 40 * (random() + random() + random() - 1.5) - (i % 611 < 5 ? 150 : 0),
    ),
  );
}

const recording = noisy(9000, 2);

test('the subbands of all families that can have weights cover the frequencies once, in order', () => {
  let tried = 0;
  for (const entry of catalog) {
    const id = basisId(entry);
    if (!parseCodecId(`${id}+weight-spikes`)) continue;
    tried++;
    for (const length of [0, 1, 7, 1000]) {
      const signal = Float64Array.from({ length }, (_, i) => Math.sin(i));
      const basis = basisFor(entry.create(...entry.chosen), signal, 4);
      const edges = frequencyEdges(basis.layout(length), id);
      assert.ok(
        edges.every((edge, k) => k === 0 || edge > edges[k - 1]!),
        id,
      );
      assert.equal(edges[edges.length - 1], 0.5, id);
    }
  }
  assert.ok(tried >= 8, `${tried} families`);
});

test('a tone lies in the subband whose edges enclose its frequency', () => {
  for (const id of [
    'mdct-256-sine',
    'dct-512',
    'dft-512-rectangular',
    'dwt-sym13-8-periodic',
    'packets-sym13-7-uniform',
  ]) {
    for (const frequency of [0.011, 0.09, 0.3, 0.45]) {
      const signal = Float64Array.from({ length: 8192 }, (_, i) => Math.sin(2 * Math.PI * frequency * i));
      const { basis } = transformCodecFromId(id);
      const fixed = basisFor(basis, signal, 1);
      const { values, layout } = fixed.analyze(signal, 1);
      const energies = layout.subbands.map(({ offset, length }) =>
        values.subarray(offset, offset + length).reduce((sum, value) => sum + value * value, 0),
      );
      const largest = energies.indexOf(Math.max(...energies));
      const edges = frequencyEdges(layout, id);
      const slack = 1 / 512;
      assert.ok(
        edges[largest]! <= frequency + slack && frequency - slack <= edges[largest + 1]!,
        `${id} at ${frequency}: ${edges[largest]} to ${edges[largest + 1]}`,
      );
    }
  }
});

test('the weight of the spike band is the response of the filter by which it is measured', () => {
  const power = inBandPowerResponse(4096, SAMPLE_RATE);
  for (let bin = 4; bin < 2040; bin += 7) {
    const weight = SPIKE_WEIGHT.weightOf((bin - 0.5) / 4096, (bin + 0.5) / 4096);
    assert.ok(Math.abs(weight ** 2 - power[bin]!) < 1e-3, `${bin}: ${weight ** 2}, ${power[bin]}`);
  }
});

test('octaves have the weights that are given, from the highest', () => {
  const weight = octaveWeight([4, 0, 1]);
  assert.equal(weight.name, '12-0-3');
  assert.equal(weight.weightOf(0.3, 0.4), 0.25);
  assert.equal(weight.weightOf(0.13, 0.2), 1);
  assert.equal(weight.weightOf(0.1, 0.12), Math.SQRT1_2);
  assert.equal(weight.weightOf(0, 0.001), Math.SQRT1_2);
});

for (const id of WEIGHTED) {
  test(`${id}: coefficients are those of the basis times the weight of their subband, and come back`, () => {
    const signal = Float64Array.from(recording, (code) => code - 500);
    const weightedBasis = basisFor(transformCodecFromId(id).basis, signal, 8);
    const { values, layout } = weightedBasis.analyze(signal, 8);
    const back = weightedBasis.synthesize({ values, layout }, 8);
    const most = Math.max(...back.map((value, i) => Math.abs(value - signal[i]!)));
    assert.ok(most < 1e-6, `${most}`);
    const { inner, weight } = weightedBasis as unknown as { inner: Basis; weight: typeof SPIKE_WEIGHT };
    const plain = inner.analyze(signal, 8).values;
    const edges = frequencyEdges(layout, id);
    layout.subbands.forEach(({ offset, length }, k) => {
      const factor = weight.weightOf(edges[k]!, edges[k + 1]!);
      for (let i = offset; i < offset + length; i++) assert.equal(values[i], plain[i]! * factor);
    });
  });
}

for (const id of [...WEIGHTED, ...FILLED]) {
  test(`${id}: any codes come back, whole files too; without loss to the last bit`, () => {
    const codec = codecFromId(id);
    assert.equal(codec.id, id);
    const codes = fc.oneof(
      fc.array(fc.nat(1023), { maxLength: 60 }),
      fc
        .record({ samples: fc.nat(1500), seed: fc.nat() })
        .map(({ samples, seed }) => [...noisy(samples, seed)]),
    );
    const steps = fc.oneof(fc.constant(LOSSLESS), fc.double({ min: 0.5, max: 300, noNaN: true }));
    fc.assert(
      fc.property(codes, steps, (list, step) => {
        const samples = Uint16Array.from(list);
        const { bytes } = codec.encode(samples, step);
        const decoded = codec.decode(bytes);
        assert.equal(decoded.length, samples.length);
        if (step === LOSSLESS) assert.deepEqual(decoded, samples);
        const view = codec.decodeViews?.(bytes).background;
        if (view && step === LOSSLESS) assert.deepEqual(view, samples);
        const wav = canonicalWav(pcm16FromCodes(samples), SAMPLE_RATE);
        assert.deepEqual(
          new Uint8Array(decodeWav(encodeWav(wav, 'any', id, step))),
          new Uint8Array(canonicalWav(pcm16FromCodes(decoded), SAMPLE_RATE)),
        );
      }),
      { numRuns: 30 },
    );
  });

  test(`${id}: truncations, changed bytes and forged damage are refused by name, or decoded to as many codes`, () => {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording.slice(0, 300), 12);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => codec.decode(bytes.subarray(0, length)), { name: 'BitstreamError' });
    }
    const { start } = readBitstream(bytes);
    let refused = 0;
    for (let i = 0; i < bytes.length - 4; i++) {
      for (const change of [1, 2, 8, 32, 128, 255]) {
        const forged = bytes.slice();
        forged[i] = bytes[i]! ^ change;
        assert.throws(() => codec.decode(forged), { name: 'BitstreamError' });
        const body = forged.length - 4;
        new DataView(forged.buffer).setUint32(body, crc32(forged.subarray(0, body)), true);
        for (const read of [() => codec.decode(forged), () => codec.decodeViews?.(forged).background]) {
          try {
            const decoded = read();
            if (decoded && i >= start) assert.equal(decoded.length, 300);
          } catch (error) {
            assert.equal((error as Error).name, 'BitstreamError', String(error));
            refused++;
          }
        }
      }
    }
    assert.ok(refused > 0);
  });
}

test('the header names basis, weight and noise: any decoder finds the codec again', () => {
  const numbers = (id: string): (readonly [number, number])[] => {
    const { header } = readBitstream(codecFromId(id).encode(recording, 12).bytes);
    return [[header.family, header.parameter]];
  };
  for (const id of WEIGHTED) assert.equal(numbers(id)[0]![0], WEIGHTED_FAMILY, id);
  for (const id of FILLED) assert.equal(numbers(id)[0]![0], FILLED_FAMILY, id);
  const all = [...WEIGHTED, ...FILLED].flatMap(numbers).map(String);
  assert.equal(new Set(all).size, all.length);
});

test('at equal bytes the weight of the spike band gives a larger in-band SNR and a smaller PSNR', () => {
  const measured = (id: string, step: number): { bytes: number; error: number; inBandError: number } => {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording, step);
    const { squaredError, inBandSquaredError } = createRecordingMetrics(
      recording,
      NEURALINK_ELECTRODE,
    ).compare(codec.decode(bytes));
    return { bytes: bytes.length, error: squaredError, inBandError: inBandSquaredError };
  };
  const plain = measured('mdct-256-sine+trellis', 16);
  const inBand = measured('mdct-256-sine+weight-spikes+trellis', 9);
  assert.ok(inBand.bytes < plain.bytes, `${inBand.bytes} bytes, ${plain.bytes}`);
  assert.ok(inBand.inBandError < plain.inBandError);
  assert.ok(inBand.error > plain.error);
});

test('noise gives the background its power again, and leaves the decoded signal as it is', () => {
  const filter = bandFilter(SPIKE_BAND, SAMPLE_RATE);
  const power = (codes: Uint16Array): number => {
    const inBand = Float64Array.from(codes);
    filter.apply(inBand, inBand);
    return inBand.reduce((sum, value) => sum + value * value, 0) / inBand.length;
  };
  for (const basis of ['mdct-256-sine+weight-spikes+trellis', 'dwt-sym13-8-periodic+trellis']) {
    const codec = codecFromId(`${basis}+fill`);
    assert.ok(codec instanceof FilledCodec);
    const { bytes } = codec.encode(recording, 110);
    const plain = codecFromId(basis);
    const ofPlain = plain.encode(recording, 110).bytes;
    assert.deepEqual(codec.decode(bytes), plain.decode(ofPlain));
    assert.ok(bytes.length - ofPlain.length <= 12, `${bytes.length - ofPlain.length} bytes of levels`);
    const [original, silent, filled] = [
      power(recording),
      power(codec.decode(bytes)),
      power(codec.decodeViews(bytes).background!),
    ];
    assert.ok(silent < 0.5 * original, `${silent} of ${original}`);
    assert.ok(Math.abs(filled / original - 1) < 0.15, `${filled} of ${original}`);
  }
});

test('measures of the decoded threshold are taken of the filled signal, all others of the other', () => {
  const codec = codecFromId('mdct-256-sine+trellis+fill');
  const at = (measured: Pick<typeof codec, 'decode'>): ReturnType<typeof measureViewsOfCodes> =>
    measureViewsOfCodes(
      {
        id: 'one',
        delay: 0,
        multiplyAddsPerSample: 0,
        encode: (codes, step) => codec.encode(codes, step),
        ...measured,
      },
      recording,
      [130],
      NEURALINK_ELECTRODE,
    );
  const both = measureViewsOfCodes(codec, recording, [130], NEURALINK_ELECTRODE).points[0]!.comparison;
  const plain = at({ decode: (bytes) => codec.decode(bytes) }).points[0]!.comparison;
  const filled = at({ decode: (bytes) => codec.decodeViews!(bytes).background! }).points[0]!.comparison;
  assert.notDeepEqual(plain.ownThresholdSpikes, filled.ownThresholdSpikes);
  assert.deepEqual(both.ownThresholdSpikes, filled.ownThresholdSpikes);
  assert.deepEqual(
    { ...both, ownThresholdSpikes: 0, sorting: 0 },
    { ...plain, ownThresholdSpikes: 0, sorting: 0 },
  );
});

test('weights that there are not, and bases without frequency bands, are refused by name', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['mdct-256-sine+weight-spike', /no weight "weight-spike".*write "weight-spikes", or the attenuation/],
    ['mdct-256-sine+weight-1', /no weight "weight-1"/],
    ['mdct-256-sine+weight-96', /no weight "weight-96"/],
    ['mdct-256-sine+weight-03', /no weight "weight-03"/],
    ['klt-64+weight-spikes', /subbands of klt-64 have no frequency bands/],
    ['identity+fill', /subbands of identity have no frequency bands/],
    ['lpc-12+weight-spikes', /subbands of lpc-12 have no frequency bands/],
    ['gabor-256-4-16+weight-spikes', /have no frequency bands/],
    ['dft-64-sine+weight-spikes', /have no frequency bands/],
    [
      'mdct-256-sine+trellis+weight-spikes',
      /come a weight, a quantizer and fill, each once and in this order/,
    ],
    ['mdct-256-sine+fill+fill', /in this order/],
    ['mdct-256-sine+tcq+fill', /no quantizer "tcq"/],
  ];
  for (const [id, message] of refusals) {
    assert.equal(parseCodecId(id), undefined, id);
    assert.throws(() => findCodec(id), { name: 'BasisParameterError', message }, id);
  }
  assert.throws(() => transformCodecFromId('mdct-256-sine+fill'), /leave out "\+fill"/);
});

test('the cache tells weights and noise apart', async () => {
  const ids = [
    'mdct-256-sine+trellis',
    'mdct-256-sine+weight-spikes+trellis',
    'mdct-256-sine+weight-0-3+trellis',
    'mdct-256-sine+weight-0-6+trellis',
    'mdct-256-sine+weight-spikes+trellis+fill',
    'layers-512',
  ];
  const hashes = await Promise.all(ids.map((id) => hashCodecCode(id)));
  assert.ok(hashes.every((hash) => hash !== undefined));
  assert.equal(new Set(hashes).size, ids.length);
});
