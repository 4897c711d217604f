// Keeps a table of open anomalies: java OpenAnomalies HOST:PORT STATE_FILE
// Needs kafka-clients, protobuf-java and what protoc --java_out makes of proto/gouji/v1/*.proto.
import gouji.v1.AnomalyOuterClass.Anomaly;
import gouji.v1.AnomalyOuterClass.Transition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class OpenAnomalies {
  static final String STREAM = "gouji.anomaly.v1", SNAPSHOT = "gouji.anomaly.current.v1";
  static final int SAVE_EVERY = 100;

  final Map<String, String> open = new TreeMap<>();  // anomaly id: version and ce_id
  final Map<TopicPartition, Long> next = new HashMap<>();
  final KafkaConsumer<String, byte[]> consumer;
  final Path file;

  OpenAnomalies(String bootstrap, Path file) {
    this.file = file;
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("isolation.level", "read_committed");  // Java's default is not
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "none");
    consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
  }

  interface Taker { void take(ConsumerRecord<String, byte[]> record) throws IOException; }

  // Committed records from `start` to the end of each partition. With read_committed endOffsets() is
  // the end of what is committed, and position() passes the markers of transactions.
  void read(Map<TopicPartition, Long> start, Taker taker) throws IOException {
    consumer.assign(start.keySet());
    start.forEach(consumer::seek);
    Map<TopicPartition, Long> ends = consumer.endOffsets(start.keySet());
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) taker.take(record);
    }
  }

  // The newest state of one anomaly. A repeat has the ce_id that stands in the table: nothing to do.
  void put(ConsumerRecord<String, byte[]> record) throws IOException {
    if (record.value() == null) {  // a tombstone of the snapshot
      open.remove(record.key());
      return;
    }
    Anomaly anomaly = Anomaly.parseFrom(record.value());
    String row = anomaly.getVersion() + " " + new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
    if (row.equals(open.get(anomaly.getId()))) return;
    Transition transition = anomaly.getTransition();
    if (transition == Transition.TRANSITION_RESOLVED || transition == Transition.TRANSITION_RETRACTED) open.remove(anomaly.getId());
    else open.put(anomaly.getId(), row);
  }

  // Offsets and table at once.
  void save() throws IOException {
    StringBuilder text = new StringBuilder();
    next.forEach((at, offset) -> text.append("next ").append(at.partition()).append(' ').append(offset).append('\n'));
    open.forEach((id, row) -> text.append("open ").append(id).append(' ').append(row).append('\n'));
    Path unborn = Path.of(file + ".new");
    Files.writeString(unborn, text);
    Files.move(unborn, file, StandardCopyOption.ATOMIC_MOVE);
  }

  void load() throws IOException {
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("next")) next.put(new TopicPartition(STREAM, Integer.parseInt(words[1])), Long.parseLong(words[2]));
        else open.put(words[1], words[2]);
      }
      return;
    }
    // First the end of the stream, then the snapshot: nothing can fall between them.
    next.putAll(consumer.endOffsets(partitions(STREAM)));
    Map<TopicPartition, Long> start = new HashMap<>();
    for (TopicPartition at : partitions(SNAPSHOT)) start.put(at, 0L);
    read(start, this::put);
    save();
  }

  void run() throws IOException {
    load();
    int[] taken = {0};
    read(Map.copyOf(next), record -> {
      put(record);
      next.put(new TopicPartition(STREAM, record.partition()), record.offset() + 1);
      if (taken[0]++ % SAVE_EVERY == 0) save();
    });
    save();
    consumer.close();
    open.forEach((id, row) -> System.out.println(id + " " + row));
  }

  public static void main(String[] words) throws IOException {
    new OpenAnomalies(words[0], Path.of(words[1])).run();
  }
}
