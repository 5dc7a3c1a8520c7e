import { connect } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitsModel, modelFolder, place } from './models.ts';
import { serving, type Serving } from './serving.ts';

const folder = modelFolder();
const path = place(folder, 'digits', '3', await digitsModel('int8'));
const PREDICT = '/v1/models/digits:predict';
const one = JSON.stringify({ inputs: { b64: Buffer.alloc(256).toString('base64') } });
const rows = (count: number): string =>
  JSON.stringify({
    instances: Array.from({ length: count }, () => ({ b64: Buffer.alloc(256).toString('base64') })),
  });

const error = (status: number, message: string) => ({
  status,
  text: `{ "error": ${JSON.stringify(message)} }`,
});

/** Send bytes as they are; resolves with all that comes back until the connection ends. */
const raw = (url: string, text: string, end = true): Promise<string> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      if (end) socket.end(text);
      else socket.write(text);
    });
    socket.setEncoding('latin1').on('data', (data: string) => {
      answer += data;
    });
    socket.on('close', () => resolve(answer)).on('error', () => {});
  });

/** The value of a series of the metrics. */
async function counted({ get }: Serving, series: string): Promise<number> {
  const { text } = await get('/monitoring/prometheus/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`:tensorflow:serving:${series} `));
  return Number(line?.split(' ').at(-1) ?? NaN);
}

test('other models, versions and paths are refused in the words of TensorFlow Serving', async () => {
  const { get, post } = await serving(path);
  expect(await get('/v1/models/other')).toEqual(error(404, 'Could not find any versions of model other'));
  expect(await get('/v1/models/digits/versions/4')).toEqual(
    error(404, 'Could not find version 4 of model digits'),
  );
  expect(await get('/v1/models/other/metadata')).toEqual(
    error(404, 'Servable not found for request: Latest(other)'),
  );
  expect(await post('/v1/models/digits/versions/4:predict', one)).toEqual(
    error(404, 'Servable not found for request: Specific(digits, 4)'),
  );
  expect(await get('/v1/models')).toEqual(error(400, 'Missing model name in request.'));
  expect(await get(PREDICT)).toEqual(error(400, `Malformed request: GET ${PREDICT}`));
  expect(await post('/v1/models/digits', one)).toEqual(
    error(400, 'Malformed request: POST /v1/models/digits'),
  );
  expect(await get('/v1/models/digits/labels/stable')).toEqual(
    error(400, 'Unrecognized servable version label: stable'),
  );
  expect(await post('/v1/models/digits:classify', '{}')).toEqual(
    error(
      400,
      'Expected classification signature method_name to be tensorflow/serving/classify. Was: tensorflow/serving/predict',
    ),
  );
  expect(await get('/v1/models/%zz')).toEqual(error(400, 'Failed to decode model name:%zz'));
  expect(await get('/elsewhere')).toEqual({ status: 404, text: '' });
  expect(await post(PREDICT, '{')).toEqual(
    error(400, 'JSON Parse error: Missing a name for object member. at offset: 1'),
  );
  expect(await post(PREDICT, { instances: [[1, 2]] })).toEqual(
    error(400, 'input image has shape [-1,8,8,1], got [1,2]'),
  );
});

test('a body larger than allowed is refused before it is read, whether it says so or not', async () => {
  const server = await serving(path, '--max-body', '1Ki');
  const wanted = /^the request has \d+ bytes or more, of at most 1024$/;
  const declared = await server.post(PREDICT, 'x'.repeat(5000));
  expect(declared.status).toBe(413);
  expect((JSON.parse(declared.text) as { error: string }).error).toMatch(wanted);
  const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
  const chunked = await raw(
    server.url,
    `POST ${PREDICT} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}0\r\n\r\n`,
  );
  expect(chunked).toContain('HTTP/1.1 413 Payload Too Large');
  expect(chunked).toContain('Connection: close');
  expect((await server.post(PREDICT, one)).status).toBe(200);
  expect(await counted(server, 'request_count{model_name="digits",status="RESOURCE_EXHAUSTED"}')).toBe(2);
});

test('requests that would wait too long in line are refused at once, and the others answered', async () => {
  const server = await serving(path, '--max-requests', '2');
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.post(PREDICT, rows(500))));
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toEqual(error(503, '2 requests wait already: try again later'));
  expect(answers.filter(({ status }) => status === 200).length).toBe(20 - refused.length);
  expect(await counted(server, 'request_count{model_name="digits",status="UNAVAILABLE"}')).toBe(
    refused.length,
  );
});

test('an answer that takes too long is given up, and probes are answered meanwhile', async () => {
  const server = await serving(path, '--timeout', '200ms', '--max-body', '8Mi');
  const late = server.post(PREDICT, rows(20_000));
  const probe = await server.get('/v1/models/digits');
  expect(probe.status).toBe(200);
  expect(await late).toEqual(error(504, 'no answer within 200 ms'));
  expect((await server.post(PREDICT, one)).status).toBe(200);
});

test('metrics count requests by status, and time in microseconds', async () => {
  const server = await serving(path);
  expect(await counted(server, 'request_count{model_name="digits",status="OK"}')).toBe(0);
  await server.post(PREDICT, one);
  await server.post(PREDICT, '{}');
  await server.post('/v1/models/other:predict', one);
  expect(await counted(server, 'request_count{model_name="digits",status="OK"}')).toBe(1);
  expect(await counted(server, 'request_count{model_name="digits",status="INVALID_ARGUMENT"}')).toBe(1);
  const request = 'model_name="digits",API="predict",entrypoint="REST"';
  expect(await counted(server, `request_latency_count{${request}}`)).toBe(2);
  expect(await counted(server, `request_latency_bucket{${request},le="+Inf"}`)).toBe(2);
  expect(await counted(server, `request_latency_sum{${request}}`)).toBeGreaterThan(10);
  const { text } = await server.get('/monitoring/prometheus/metrics');
  const bounds = [...text.matchAll(/request_latency_bucket\{.*le="([^"]+)"/g)].map(([, bound]) => bound);
  expect(bounds).toMatchInlineSnapshot(`
    [
      "10",
      "18",
      "32.4",
      "58.32",
      "104.976",
      "188.957",
      "340.122",
      "612.22",
      "1102",
      "1983.59",
      "3570.47",
      "6426.84",
      "11568.3",
      "20823",
      "37481.3",
      "67466.4",
      "121440",
      "218591",
      "393464",
      "708235",
      "1.27482e+06",
      "2.29468e+06",
      "4.13043e+06",
      "7.43477e+06",
      "1.33826e+07",
      "2.40887e+07",
      "4.33596e+07",
      "7.80473e+07",
      "1.40485e+08",
      "2.52873e+08",
      "4.55172e+08",
      "8.19309e+08",
      "1.47476e+09",
      "+Inf",
    ]
  `);
});

test('told to stop, it answers what has arrived and ends with status 0', async () => {
  const { post, stop, url } = await serving(path);
  const asked = post(PREDICT, rows(2000));
  await post(PREDICT, one);
  const started = performance.now();
  const [status, answer] = await Promise.all([stop(), asked]);
  expect(answer.status).toBe(200);
  expect(status).toBe(0);
  expect(performance.now() - started).toBeLessThan(5000);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('told to stop, it cuts off who does not end within the grace time', async () => {
  const { stop, url } = await serving(path, '--grace', '200ms');
  const hanging = raw(url, `POST ${PREDICT} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx`, false);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await stop()).toBe(0);
  expect(await hanging).toBe('');
});

test('clients that hang up, send half or send nonsense harm nobody', async () => {
  const server = await serving(path);
  expect(await raw(server.url, 'nonsense\r\n\r\n')).toContain('HTTP/1.1 400 Bad Request');
  expect(await raw(server.url, `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toContain(
    'HTTP/1.1 431 Request Header Fields Too Large',
  );
  await raw(server.url, `POST ${PREDICT} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx`);
  await raw(server.url, '');
  const gone = new AbortController();
  const lost = fetch(`${server.url}${PREDICT}`, { method: 'POST', body: rows(5000), signal: gone.signal });
  setTimeout(() => gone.abort(), 50);
  await expect(lost).rejects.toThrow('aborted');
  expect((await server.post(PREDICT, one)).status).toBe(200);
  expect(server.stderr()).not.toContain('error');
});

test('whatever the body is, it is answered, and the next one is too', async () => {
  const { post, stderr } = await serving(path);
  const keys = fc.constantFrom('instances', 'inputs', 'image', 'b64', 'signature_name', 'x');
  const { value } = fc.letrec<{ value: unknown; list: unknown[]; object: object }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, '', 'AAAA', 0, -1, 1e300, 0.5),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
  }));
  const body = fc.oneof(
    value.map((each) => Buffer.from(JSON.stringify(each))),
    fc.record({ instances: value }).map((each) => Buffer.from(JSON.stringify(each))),
    fc.record({ inputs: value }).map((each) => Buffer.from(JSON.stringify(each))),
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(fc.nat(one.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
      const bytes = Buffer.from(one);
      bytes[at] = byte;
      return bytes;
    }),
  );
  await fc.assert(
    fc.asyncProperty(body, async (bytes) => {
      const { status, text } = await post(PREDICT, bytes);
      expect([200, 400]).toContain(status);
      const [key] = /"(?:error|outputs|predictions)"/.exec(text) ?? [];
      expect(key === '"error"').toBe(status === 400);
    }),
    { numRuns: 600 },
  );
  expect((await post(PREDICT, one)).status).toBe(200);
  expect(stderr()).not.toContain('error');
});
