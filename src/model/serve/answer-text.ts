const PIECE = 8192;

/** Text that grows into bytes: an answer of a million numbers as strings of JavaScript takes four times the memory. */
export class AnswerText {
  #bytes = Buffer.allocUnsafe(PIECE);
  #length = 0;
  #piece = '';

  add(text: string): void {
    this.#piece += text;
    if (this.#piece.length >= PIECE) this.#flush();
  }

  /** All of it. */
  bytes(): Uint8Array {
    this.#flush();
    return this.#bytes.subarray(0, this.#length);
  }

  #flush(): void {
    const needed = this.#length + 3 * this.#piece.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, Math.ceil(1.5 * this.#bytes.length)));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(this.#piece, this.#length, 'utf8');
    this.#piece = '';
  }
}
