// Keeps a table of open anomalies: open_anomalies HOST:PORT STATE_FILE
// Needs what protoc --go_out makes of proto/gouji/v1/*.proto, as package example.org/gouji/pb.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"example.org/gouji/pb"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/protobuf/proto"
)

const stream, snapshot, saveEvery = "gouji.anomaly.v1", "gouji.anomaly.current.v1", 100

type state struct {
	Open map[string]string // anomaly id: version and ce_id
	Next map[int32]int64
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// The end of what is committed, of each partition.
func ends(ctx context.Context, brokers []string, topic string) map[int32]int64 {
	client := must(kgo.NewClient(kgo.SeedBrokers(brokers...)))
	defer client.Close()
	found := map[int32]int64{}
	offsets := must(kadm.NewClient(client).ListCommittedOffsets(ctx, topic))
	offsets.Each(func(o kadm.ListedOffset) { found[o.Partition] = o.Offset })
	return found
}

// Committed records from start to the ends that stand at the call. Control records are asked for,
// because a partition may end with the marker of a transaction.
func read(ctx context.Context, brokers []string, topic string, start map[int32]int64, take func(*kgo.Record)) {
	left := ends(ctx, brokers, topic)
	from := map[int32]kgo.Offset{}
	for partition, offset := range start {
		from[partition] = kgo.NewOffset().At(offset)
		if offset >= left[partition] {
			delete(left, partition)
		}
	}
	client := must(kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.FetchIsolationLevel(kgo.ReadCommitted()), // not Go's default
		kgo.KeepControlRecords(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from})))
	defer client.Close()
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		must(0, fetches.Err())
		fetches.EachRecord(func(record *kgo.Record) {
			if !record.Attrs.IsControl() {
				take(record)
			}
			if end, waits := left[record.Partition]; waits && record.Offset+1 >= end {
				delete(left, record.Partition)
			}
		})
	}
}

// The newest state of one anomaly. A repeat has the ce_id that stands in the table: nothing to do.
func put(open map[string]string, record *kgo.Record) {
	if record.Value == nil { // a tombstone of the snapshot
		delete(open, string(record.Key))
		return
	}
	anomaly, ceID := &pb.Anomaly{}, ""
	must(0, proto.Unmarshal(record.Value, anomaly))
	for _, header := range record.Headers {
		if header.Key == "ce_id" {
			ceID = string(header.Value)
		}
	}
	switch anomaly.Transition {
	case pb.Transition_TRANSITION_RESOLVED, pb.Transition_TRANSITION_RETRACTED:
		delete(open, anomaly.Id)
	default:
		open[anomaly.Id] = fmt.Sprintf("%d %s", anomaly.Version, ceID)
	}
}

// Offsets and table at once.
func save(path string, s state) {
	must(0, os.WriteFile(path+".new", must(json.Marshal(s)), 0o644))
	must(0, os.Rename(path+".new", path))
}

func main() {
	ctx, brokers, path := context.Background(), strings.Split(os.Args[1], ","), os.Args[2]
	s := state{map[string]string{}, map[int32]int64{}}
	if text, err := os.ReadFile(path); err == nil {
		must(0, json.Unmarshal(text, &s))
	} else { // First the end of the stream, then the snapshot: nothing can fall between them.
		s.Next = ends(ctx, brokers, stream)
		start := map[int32]int64{}
		for partition := range ends(ctx, brokers, snapshot) {
			start[partition] = 0
		}
		read(ctx, brokers, snapshot, start, func(record *kgo.Record) { put(s.Open, record) })
		save(path, s)
	}
	taken := 0
	read(ctx, brokers, stream, s.Next, func(record *kgo.Record) {
		put(s.Open, record)
		s.Next[record.Partition] = record.Offset + 1
		if taken++; taken%saveEvery == 0 {
			save(path, s)
		}
	})
	save(path, s)
	for _, id := range slices.Sorted(maps.Keys(s.Open)) {
		fmt.Println(id, s.Open[id])
	}
}
