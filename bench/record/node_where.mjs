// Node as its manual shows it: readline over a file, JSON.parse of each line.
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [input, output] = process.argv.slice(2);
const out = createWriteStream(output);
for await (const line of createInterface({ input: createReadStream(input), crlfDelay: Infinity })) {
  const record = JSON.parse(line);
  if (record.status >= 500 && record.bytes > 30000 && !out.write(JSON.stringify(record) + '\n')) await once(out, 'drain');
}
out.end();
await once(out, 'finish');
