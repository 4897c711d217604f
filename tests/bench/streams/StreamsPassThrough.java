// A pass-through topology of Kafka Streams, exactly_once_v2, over the input that kafka_stage_bench has
// written: StreamsPassThrough HOST:PORT INPUT RECORDS PASSES. The first pass warms the virtual machine up
// and is not counted. Time runs from the first record to the commit of the last.
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;

public class StreamsPassThrough {
  public static void main(String[] words) throws Exception {
    String bootstrap = words[0], input = words[1];
    long records = Long.parseLong(words[2]);
    int passes = Integer.parseInt(words[3]);
    List<Double> rates = new ArrayList<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrap))) {
      for (int pass = 0; pass <= passes; ++pass) {
        double rate = records / run(admin, bootstrap, input, records, "streams-" + System.currentTimeMillis());
        System.out.printf("kafka_streams %s %.0f records/s%n", pass == 0 ? "warm-up" : "pass " + pass, rate);
        if (pass > 0) rates.add(rate);
      }
    }
    Collections.sort(rates);
    System.out.printf("kafka_streams median %.0f%n", rates.get(rates.size() / 2));
  }

  static double run(Admin admin, String bootstrap, String input, long records, String name) throws Exception {
    admin.createTopics(List.of(new NewTopic(name + "-out", 1, (short) 1))).all().get();
    AtomicLong began = new AtomicLong();
    StreamsBuilder builder = new StreamsBuilder();
    builder.<byte[], byte[]>stream(input).peek((key, value) -> began.compareAndSet(0, System.nanoTime())).to(name + "-out");
    Properties settings = new Properties();
    settings.put("application.id", name);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("commit.interval.ms", "100");
    settings.put("replication.factor", "1");
    settings.put("state.dir", System.getProperty("java.io.tmpdir") + "/" + name);
    settings.put("default.key.serde", Serdes.ByteArraySerde.class.getName());
    settings.put("default.value.serde", Serdes.ByteArraySerde.class.getName());
    settings.put("auto.offset.reset", "earliest");
    settings.put("producer.linger.ms", "5");
    settings.put("producer.compression.type", "lz4");
    settings.put("producer.batch.size", "262144");
    TopicPartition at = new TopicPartition(input, 0);
    try (KafkaStreams streams = new KafkaStreams(builder.build(), settings)) {
      streams.start();
      while (true) {
        Map<TopicPartition, OffsetAndMetadata> found = admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get();
        OffsetAndMetadata offset = found.get(at);
        if (offset != null && offset.offset() >= records) return (System.nanoTime() - began.get()) / 1e9;
        Thread.sleep(20);
      }
    }
  }
}
