// Node as its authors would: stream.pipeline, default settings.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const [input, output] = process.argv.slice(2);
await pipeline(createReadStream(input), createGzip(), createWriteStream(output));
