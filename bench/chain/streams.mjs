// The chain as Node's authors would write it: object-mode streams joined by stream.pipeline, marks of 1024.
//   node streams.mjs ITEMS STAGES    prints the sum (modulo 2^64) and the seconds
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [items, stages] = process.argv.slice(2).map(Number);
const mark = { objectMode: true, highWaterMark: 1024 };
function* numbers() {
  for (let i = 0; i < items; ++i) yield i;
}
let sum = 0; // exact: items and stages are few
const begun = process.hrtime.bigint();
await pipeline(
  Readable.from(numbers(), mark),
  ...Array.from({ length: stages }, () => new Transform({ ...mark, transform(x, _, done) { done(null, x * 3 + 1); } })),
  new Writable({ ...mark, write(x, _, done) { sum += x; done(); } }),
);
console.log(sum, Number(process.hrtime.bigint() - begun) / 1e9);
