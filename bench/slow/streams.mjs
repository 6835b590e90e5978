// Node's streams: a fast source and a sink that takes a millisecond for each 4 KiB.
//   node streams.mjs heeded|ignored MILLISECONDS
// heeded: stream.pipeline. ignored: write() as fast as it goes, whatever it returns.
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [how, lasting] = process.argv.slice(2);
const until = Date.now() + Number(lasting);
let next = 0;
const make = (i) => { const b = Buffer.allocUnsafeSlow(4096).fill(1); b.writeUInt32LE(i, 0); return b; };
const sink = new Writable({
  highWaterMark: 64 * 4096,
  write(chunk, _, done) {
    if (chunk.readUInt32LE(0) !== next++) throw new Error('slow: an item is missing');
    setTimeout(done, 1);
  },
});
if (how === 'heeded') {
  function* items() { for (let i = 0; Date.now() < until; ++i) yield make(i); }
  await pipeline(Readable.from(items(), { highWaterMark: 64 }), sink);
} else {
  let made = 0;
  const more = () => {
    for (let i = 0; i < 256; ++i) sink.write(make(made++));
    if (Date.now() < until) setImmediate(more);
    else sink.end();
  };
  more();
}
