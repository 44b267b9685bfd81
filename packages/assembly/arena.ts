// Memory of one call: taken from the front, given back all at once. Nothing is released for itself.

const ALIGNMENT: u64 = 64;
const PAGE: u64 = 65536;

let top: u64 = (<u64>__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

/** Where free memory begins. */
export function mark(): u64 {
  return top;
}

/** Gives back all memory from a mark on. */
export function reset(to: u64): void {
  top = to;
}

/** Memory that is not cleared. Traps when there is no room: the call fails, the module can be used again. */
export function allocate(bytes: u64): usize {
  const start = (top + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  extend(start, bytes);
  return <usize>start;
}

/** Makes the last memory that was allocated end `bytes` after its start. */
export function extend(start: u64, bytes: u64): void {
  const end = start + bytes;
  const present = <u64>memory.size() * PAGE;
  if (end > present && memory.grow(<i32>min<u64>((end - present + PAGE - 1) / PAGE, 65537)) < 0) unreachable();
  top = end;
}

/** Cleared memory. */
export function allocateZeros(bytes: u64): usize {
  const start = allocate(bytes);
  memory.fill(start, 0, <usize>bytes);
  return start;
}
