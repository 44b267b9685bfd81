/**
 * The Zarr codec `neurobasis` for zarrita: chunks of integers and floats as `.nbz` files of many channels, one channel for
 * each index of the last axis.
 */
import { decodeChunk, encodeChunk } from './zarr-chunk';
import type { NeurobasisConfiguration, ZarrArrayFacts, ZarrChunk } from './zarr-types';

/** Names in arrays of Zarr versions 3 and 2. */
const NAMES = ['neurobasis', 'numcodecs.neurobasis'] as const;

export type { NeurobasisConfiguration, ZarrArrayFacts, ZarrChunk } from './zarr-types';

/** An array-to-bytes codec. */
export class NeurobasisCodec {
  readonly kind = 'array_to_bytes';

  /** Use {@link NeurobasisCodec.fromConfig}. */
  constructor(
    private readonly configuration: NeurobasisConfiguration,
    private readonly facts: ZarrArrayFacts,
  ) {}

  /** The codec of an array. */
  static fromConfig(
    configuration: NeurobasisConfiguration | undefined,
    facts: ZarrArrayFacts,
  ): NeurobasisCodec {
    return new NeurobasisCodec(configuration ?? {}, facts);
  }

  /** A chunk as the bytes of an `.nbz` file. */
  encode(chunk: ZarrChunk): Uint8Array {
    return encodeChunk(chunk, this.configuration);
  }

  /** The chunk that {@link encode} was given. */
  decode(bytes: Uint8Array): ZarrChunk {
    return decodeChunk(bytes, this.facts);
  }
}

/**
 * Makes zarrita find the codec, in arrays of Zarr version 3 and as compressor in those of version 2.
 *
 * @param registry - that of zarrita: `import { registry } from 'zarrita'`
 */
export function registerNeurobasis(registry: {
  set(name: string, load: () => Promise<never>): unknown;
}): void {
  for (const name of NAMES) registry.set(name, () => Promise.resolve(NeurobasisCodec as never));
}
