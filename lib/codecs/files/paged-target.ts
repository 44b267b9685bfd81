/**
 * A file on disk that is written at any place, in pages of which some are held in memory.
 */
import type { FileInPieces } from '../../files/file-in-pieces';
import { outsideOfFile, type ByteTarget, type Page } from './placed-samples';

const PAGE_BYTES = 2 ** 16;
/** Pages that are held: with {@link PAGE_BYTES} 32 MiB. */
const MOST_PAGES = 512;

export class PagedTarget implements ByteTarget {
  /** The page used last comes last. */
  private readonly pages = new Map<number, Page>();

  /**
   * @param file - empty so far
   * @param size - bytes that it will have
   * @param mostPages - pages that are held at a time, at most
   */
  constructor(
    private readonly file: FileInPieces,
    private readonly size: number,
    private readonly mostPages = MOST_PAGES,
  ) {}

  pageAt(position: number): Page {
    if (!(position >= 0 && position < this.size)) throw outsideOfFile(position);
    const number = Math.floor(position / PAGE_BYTES);
    let page = this.pages.get(number);
    if (page) this.pages.delete(number);
    else page = this.load(number);
    this.pages.set(number, page);
    return page;
  }

  /** Writes what is held. */
  flush(): void {
    for (const page of this.pages.values()) this.file.write(page.start, page.bytes);
    this.pages.clear();
  }

  private load(number: number): Page {
    let held: Uint8Array | undefined;
    if (this.pages.size >= this.mostPages) {
      const [oldest, page] = this.pages.entries().next().value!;
      this.file.write(page.start, page.bytes);
      this.pages.delete(oldest);
      if (page.bytes.length === PAGE_BYTES) held = page.bytes.fill(0);
    }
    const start = number * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES, this.size - start);
    const bytes = held?.subarray(0, length) ?? new Uint8Array(length);
    if (start < this.file.size) this.file.read(start, bytes);
    return { start, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, length) };
  }
}
