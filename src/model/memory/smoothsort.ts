// Dijkstra's smoothsort as the C library of WebAssembly has it. What equals become of it decides how the runtime lays out
// activations, so that no other sort would do. Source: musl, src/stdlib/qsort.c; EWD796a.

/** Sizes of the heaps that the sequence is split into: each is the two before it and one root. */
function leonardo(length: number): readonly number[] {
  const sizes = [1, 1];
  while (sizes.at(-1)! < length) sizes.push(sizes.at(-1)! + sizes.at(-2)! + 1);
  return [...sizes, sizes.at(-1)! + sizes.at(-2)! + 1];
}

/** How far the next smaller heap is: zeros between the two lowest set bits. */
const gapOf = (heaps: number): number => (heaps === 1 ? 0 : 31 - Math.clz32((heaps - 1) & -(heaps - 1)));

/** Sort a copy, the smallest first; not stable. */
export function smoothsort<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  const list = [...items];
  const sizes = leonardo(list.length);
  const at = (index: number): T => list[index]!;

  /** Move the first of these places' items to the last, and each other one up. */
  const cycle = (places: readonly number[]): void => {
    const first = at(places[0]!);
    for (let step = 1; step < places.length; step++) list[places[step - 1]!] = at(places[step]!);
    list[places.at(-1)!] = first;
  };

  const sift = (root: number, order: number): void => {
    const item = at(root);
    const places = [root];
    let head = root;
    let left = order;
    while (left > 1) {
      const second = head - 1;
      const first = head - 1 - sizes[left - 2]!;
      if (compare(item, at(first)) >= 0 && compare(item, at(second)) >= 0) break;
      const larger = compare(at(first), at(second)) >= 0;
      head = larger ? first : second;
      left -= larger ? 1 : 2;
      places.push(head);
    }
    cycle(places);
  };

  const trinkle = (root: number, all: number, smallest: number, isHeap: boolean): void => {
    const item = at(root);
    const places = [root];
    let [head, heaps, order, trusted] = [root, all, smallest, isHeap];
    while (heaps !== 1) {
      const stepson = head - sizes[order]!;
      if (compare(at(stepson), item) <= 0) break;
      if (!trusted && order > 1) {
        const first = head - 1 - sizes[order - 2]!;
        if (compare(at(head - 1), at(stepson)) >= 0 || compare(at(first), at(stepson)) >= 0) break;
      }
      places.push(stepson);
      head = stepson;
      const gap = gapOf(heaps);
      heaps >>>= gap;
      order += gap;
      trusted = false;
    }
    if (trusted) return;
    cycle(places);
    sift(head, order);
  };

  // Bits of `heaps`, from `order` up: which sizes of heaps there are.
  let [heaps, order] = [1, 1];
  const last = list.length - 1;
  for (let head = 0; head < last; head++) {
    if ((heaps & 3) === 3) {
      sift(head, order);
      heaps >>>= 2;
      order += 2;
    } else {
      if (sizes[order - 1]! >= last - head) trinkle(head, heaps, order, false);
      else sift(head, order);
      heaps <<= order === 1 ? 1 : order - 1;
      order = order === 1 ? 0 : 1;
    }
    heaps |= 1;
  }
  if (last > 0) trinkle(last, heaps, order, false);
  for (let head = last; head > 0 && (order !== 1 || heaps !== 1); head--) {
    if (order <= 1) {
      const gap = gapOf(heaps);
      heaps >>>= gap;
      order += gap;
    } else {
      heaps = ((heaps << 2) ^ 7) >>> 1;
      order -= 2;
      trinkle(head - sizes[order]! - 1, heaps, order + 1, true);
      heaps = (heaps << 1) | 1;
      trinkle(head - 1, heaps, order, true);
    }
  }
  return list;
}
