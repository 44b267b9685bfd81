import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip archive. */
export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** Bytes stored in place of the compressed content, for a damaged file. */
  readonly compressed?: Uint8Array;
  /** Whether the content is stored as it is, not deflated. */
  readonly stored?: boolean;
}

/** A small zip archive, made in memory (PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16, without extensions). */
export function zipArchive(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, compressed, stored = false } of files) {
    const path = Buffer.from(name);
    const data = Buffer.from(compressed ?? (stored ? content : deflateRawSync(content)));
    // Version, flags, method (stored or deflate), time, date, CRC, sizes, length of the name, no extra field.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data]);

    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, path]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
