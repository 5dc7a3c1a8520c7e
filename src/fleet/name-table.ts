/**
 * Remembers on which line a name stood, for a million names in 24 MB: hashes in typed arrays, where a `Set` of the
 * names alone takes 339 MB. Two names may share a hash; who asks must compare the names themselves.
 */
export class NameTable {
  #high = new Uint32Array(1 << 12);
  #low = new Uint32Array(1 << 12);
  /** 0 where the slot is free. */
  #lines = new Uint32Array(1 << 12);
  #count = 0;

  /**
   * Add a name, unless it is there.
   * @param isSame whether the name on an earlier line, whose hash is the same, is this one
   * @returns the line on which the same name stands already
   */
  add(name: string, line: number, isSame: (earlier: number) => boolean): number | undefined {
    if (this.#count * 2 >= this.#lines.length) this.#grow();
    const [high, low] = hash(name);
    const mask = this.#lines.length - 1;
    let slot = low & mask;
    for (; this.#lines[slot] !== 0; slot = (slot + 1) & mask) {
      const hit = this.#low[slot] === low && this.#high[slot] === high;
      if (hit && isSame(this.#lines[slot]!)) return this.#lines[slot];
    }
    this.#put(slot, high, low, line);
    this.#count += 1;
    return undefined;
  }

  #put(slot: number, high: number, low: number, line: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#lines[slot] = line;
  }

  #grow(): void {
    const [highs, lows, lines] = [this.#high, this.#low, this.#lines];
    const size = lines.length * 2;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#lines = new Uint32Array(size);
    for (let old = 0; old < lines.length; old++) {
      if (lines[old] === 0) continue;
      let slot = lows[old]! & (size - 1);
      while (this.#lines[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.#put(slot, highs[old]!, lows[old]!, lines[old]!);
    }
  }
}

/** Two FNV-1a hashes of 32 bits with different seeds, each mixed: among a million names, one pair in 37 million runs. */
function hash(name: string): readonly [high: number, low: number] {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
  }
  return [mix(high), mix(low)];
}

/** Spreads every bit over all (the last step of MurmurHash3). */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
