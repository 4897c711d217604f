// Keeps a table of open anomalies: node open_anomalies.js HOST:PORT STATE_FILE [FOLDER_OF_PROTO]
// kafkajs reads committed records only, unless told otherwise; of codecs it has gzip alone, and Gouji's
// records are lz4.
const fs = require('fs');
const path = require('path');
const {Kafka, CompressionTypes, CompressionCodecs, logLevel} = require('kafkajs');
const lz4 = require('lz4js');
const protobuf = require('protobufjs');

CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

const STREAM = 'gouji.anomaly.v1', SNAPSHOT = 'gouji.anomaly.current.v1';
const SAVE_EVERY = 100;
// kafkajs does not show the markers of transactions. Where a partition ends with some, its end is
// known by fetches of that long that bring nothing.
const QUIET_MS = 5000;
// Nor does it tell how much of the end is committed: the stream is read from a place that is safely
// before every open transaction. What stands in the snapshot as well changes nothing.
const OVERLAP = 100000;

const [bootstrap, file, folder = 'proto'] = process.argv.slice(2);
const kafka = new Kafka({clientId: 'open-anomalies', brokers: bootstrap.split(','), logLevel: logLevel.ERROR});
const root = new protobuf.Root();
root.resolvePath = (_, name) => path.join(folder, name);
const Anomaly = root.loadSync('gouji/v1/anomaly.proto').lookupType('gouji.v1.Anomaly');

async function ends(topic) {
  const admin = kafka.admin();
  await admin.connect();
  const found = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return Object.fromEntries(found.map(({partition, high}) => [partition, Number(high)]));
}

// Committed records from `start` (partition: offset) to the ends that stand at the call.
async function read(topic, start, take) {
  const left = await ends(topic);
  for (const partition of Object.keys(left)) if ((start[partition] ?? 0) >= left[partition]) delete left[partition];
  if (Object.keys(left).length === 0) return;
  const consumer = kafka.consumer({groupId: `gouji-reader-node-${process.pid}-${topic}`, maxWaitTimeInMs: 500});
  await consumer.connect();
  await consumer.subscribe({topic, fromBeginning: true});
  let quietSince = Infinity;
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  const failed = new Promise((_, reject) => consumer.on(consumer.events.CRASH, ({payload}) => reject(payload.error)));
  await consumer.run({autoCommit: false, eachMessage: async ({partition, message}) => {
    quietSince = Date.now();
    if (Number(message.offset) < (start[partition] ?? 0)) return;
    take(partition, message);
    if (Number(message.offset) + 1 >= left[partition]) delete left[partition];
  }});
  await Promise.race([joined, failed]);
  for (const [partition, offset] of Object.entries(start)) consumer.seek({topic, partition: Number(partition), offset: String(offset)});
  quietSince = Date.now();
  const isDone = () => Object.keys(left).length === 0 || Date.now() - quietSince > QUIET_MS;
  while (!isDone()) await Promise.race([new Promise((resolve) => setTimeout(resolve, 100)), failed]);
  await consumer.disconnect();
}

// The newest state of one anomaly. A repeat has the ce_id that stands in the table: nothing changes.
function put(open, message) {
  if (message.value === null) {  // a tombstone of the snapshot
    delete open[message.key.toString()];
    return;
  }
  const anomaly = Anomaly.toObject(Anomaly.decode(message.value), {enums: String, defaults: true});
  if (['TRANSITION_RESOLVED', 'TRANSITION_RETRACTED'].includes(anomaly.transition)) delete open[anomaly.id];
  else open[anomaly.id] = `${anomaly.version} ${message.headers.ce_id}`;
}

// Offsets and table at once.
function save(state) {
  fs.writeFileSync(`${file}.new`, JSON.stringify(state));
  fs.renameSync(`${file}.new`, file);
}

async function main() {
  let state = {open: {}, next: {}};
  if (fs.existsSync(file)) state = JSON.parse(fs.readFileSync(file));
  else {  // First the end of the stream, then the snapshot: nothing can fall between them.
    for (const [partition, end] of Object.entries(await ends(STREAM))) state.next[partition] = Math.max(0, end - OVERLAP);
    await read(SNAPSHOT, {}, (_, message) => put(state.open, message));
    save(state);
  }
  let taken = 0;
  await read(STREAM, {...state.next}, (partition, message) => {
    put(state.open, message);
    state.next[partition] = Number(message.offset) + 1;
    if (++taken % SAVE_EVERY === 0) save(state);
  });
  save(state);
  for (const id of Object.keys(state.open).sort()) console.log(id, state.open[id]);
}

main().catch((problem) => { console.error(problem.message); process.exit(1); });
