// Writing series into a real Prometheus as an agent does: remote write 1.0, a snappy block that holds a protobuf
// message. Both by hand, as little of them as that takes.

/** A series to be written. */
export interface WrittenSeries {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /** In order of time. */
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** A field that holds bytes: its number, wire type 2, length, content. */
const field = (number: number, content: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);

const text = (number: number, value: string): Uint8Array => field(number, Buffer.from(value));

/** Sample: `double value = 1; int64 timestamp = 2`. */
function sample([timeMs, value]: readonly [number, number]): Uint8Array {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return Buffer.concat([Buffer.from([(1 << 3) | 1]), double, Buffer.from([2 << 3, ...varint(timeMs)])]);
}

/** WriteRequest: `repeated TimeSeries timeseries = 1`, each `repeated Label labels = 1; repeated Sample samples = 2`. */
function writeRequest(series: readonly WrittenSeries[]): Uint8Array {
  return Buffer.concat(
    series.map(({ labels, samples }) => {
      const named = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return field(
        1,
        Buffer.concat([
          ...named.map(([name, value]) => field(1, Buffer.concat([text(1, name), text(2, value)]))),
          ...samples.map((one) => field(2, sample(one))),
        ]),
      );
    }),
  );
}

/** A snappy block without any compression: its length, then literals of at most 64 KiB. */
function snappy(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(varint(bytes.length))];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const literal = bytes.subarray(at, at + 65_536);
    const last = literal.length - 1;
    parts.push(Buffer.from([61 << 2, last & 0xff, last >> 8]), literal);
  }
  return Buffer.concat(parts);
}

/**
 * Write series.
 * @param url of the Prometheus
 * @throws Error with what Prometheus says of it
 */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappy(writeRequest(series)),
  });
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
}
