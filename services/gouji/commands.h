// What each command is asked to do, as cli.cpp has understood it, and the commands themselves. Data
// go to standard output, everything else to standard error. Every function returns the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/report/verdict.h"
#include "services/gouji/language.h"

namespace gouji::command {

inline constexpr std::string_view kDefaultData = "./gouji-data";

// Which log, for every command that opens one.
struct LogChoice {
  std::string data{kDefaultData};
  std::string log;  // empty = local:DATA/log.db
  std::vector<std::string> kafka;  // name=value, for librdkafka
};

struct RunRequest {
  LogChoice where;
  std::vector<std::string> sources;
  bool once = false;
  std::vector<std::string> allow_net;
  std::string admin = "127.0.0.1:0";
  std::string severities;  // file (parse_severities)
  Language language = Language::kChinese;
};
int run(const RunRequest& request);

enum class CheckFormat { kText, kJson, kSarif, kHtml, kSlip };

struct CheckRequest {
  std::vector<std::string> files;  // "-" = standard input
  CheckFormat format = CheckFormat::kText;
  Language language = Language::kChinese;
  std::string previous;
  std::string organ;
  std::optional<std::int32_t> year;
  std::string scope;
  std::optional<Severity> fail_on = Severity::kError;  // nullopt = never
  std::string waivers;     // file (waivers_file.h)
  std::string severities;  // file (parse_severities)
};
int check(const CheckRequest& request);

struct TailRequest {
  LogChoice where;
  std::vector<std::string> topics;  // empty = anomalies and verdicts
  std::string from = "start";       // start, end, an offset, or a time (RFC 3339)
  bool follow = false;
  std::vector<std::string> filters;  // name=value: key, partition, or a header such as ce_type
  std::string format = "text";       // text, json, raw
};
int tail(const TailRequest& request);

struct ListRequest {
  LogChoice where;
  std::string organ;     // part of the organ's name or id
  std::optional<std::int32_t> year;
  std::string division;  // prefix of the organ id
  std::string rule;
  std::string severity;
  std::string fault;
  bool waived = false;  // those that are waived, and no others
  std::string format = "text";  // text, json, csv
  Language language = Language::kChinese;
};
int list(const ListRequest& request);

struct WaiveRequest {
  LogChoice where;
  std::string action;  // add, list, remove
  std::string id;      // anomaly id or a unique prefix of one
  std::string rule, instance, organ, scope;  // of add, instead of an id
  std::optional<std::int32_t> year;
  std::string reason, author, until;  // of add; until = "2027-01-31"
  std::string format = "text";
  Language language = Language::kChinese;
};
int waive(const WaiveRequest& request);

struct ShowRequest {
  LogChoice where;
  std::string id;  // anomaly id, a unique prefix of one, or a report key
  std::string format = "text";
  Language language = Language::kChinese;
};
int show(const ShowRequest& request);

struct StatusRequest {
  LogChoice where;
  std::string format = "text";
};
int status(const StatusRequest& request);

struct TopicsRequest {
  LogChoice where;
  std::string action;  // list, check, apply
  std::string file;    // topics file; empty = embedded
  std::int32_t replication = 0;  // of topics that are created; 0 = as the file says
};
int topics(const TopicsRequest& request);

struct DlqRequest {
  LogChoice where;
  std::string action;                // list, show, replay
  std::vector<std::string> ids;      // places "topic/partition/offset" or ce_ids; empty = all
  std::string topic;                 // one dead-letter topic; empty = all
  std::vector<std::string> filters;  // name=value, as of tail; class= and code= for short
  std::int64_t limit = INT64_MAX;
  std::string to;        // replay: another topic than the one it came from
  bool dry_run = false;  // replay
  bool again = false;    // replay: what was replayed before, too
  std::string format = "text";
};
int dlq(const DlqRequest& request);

struct LogRequest {
  LogChoice where;
  std::string action;    // stat, verify, compact, copy, compare
  LogChoice to;          // copy, compare
  std::string blobs_to;  // copy
};
int log(const LogRequest& request);

struct RulesRequest {
  std::string action;  // list, show
  std::string rule;
  std::string format = "text";
  Language language = Language::kChinese;
};
int rules(const RulesRequest& request);

struct NotifyRequest {
  LogChoice where;
  std::string targets;                     // file (notify/targets.h)
  std::vector<std::string> alertmanagers;  // addresses
  std::string from = "end";  // of the first start: start = what is there already is news for webhooks
  bool once = false;         // end when everything is read and delivered
  bool check = false;        // read the file and end
  bool test = false;         // one made-up notice to each receiver
  std::string admin = "127.0.0.1:0";
};
int notify(const NotifyRequest& request);

struct HealthRequest {
  std::string address;  // HOST:PORT of an admin endpoint
  bool ready = false;   // /readyz instead of /healthz
};
int health(const HealthRequest& request);

struct BacktestRequest {
  LogChoice where;
  bool reparse = false;              // of a log: the raw documents are read again too
  std::vector<std::string> sources;  // instead of a log: files and directories
  std::string against;               // what `check --format json` wrote for them before
  std::string format = "text";       // text, json
  Language language = Language::kChinese;
};
int backtest(const BacktestRequest& request);

struct ReparseRequest {
  LogChoice where;
  std::string organ;  // name, id, or a part of an id
  std::optional<std::int32_t> year;
  std::string since, until;  // of the fetch: a day, or a time (RFC 3339)
  bool dry_run = false;
};
int reparse(const ReparseRequest& request);

struct EvidenceRequest {
  LogChoice where;
  std::string action;    // write, verify
  std::string argument;  // anomaly id, its beginning will do; folder of a bundle or of the archive
  std::string out;       // write: folder; empty = evidence-ID
  std::string format = "text";  // verify: text, json
  Language language = Language::kChinese;
};
int evidence(const EvidenceRequest& request);

struct OrgansRequest {
  std::string action;    // find, check
  std::string argument;  // name or code; file
  std::string format = "text";
  Language language = Language::kChinese;
};
int organs(const OrgansRequest& request);

struct PortalRequest {
  LogChoice where;                     // of import
  std::string action;                  // list, sniff, check, explain, import
  std::vector<std::string> arguments;  // files, folders, addresses
  std::string url;                     // sniff of a file, import: where the page is from
  std::string portal;                  // import: portal file, for its organ and hosts
  std::string organ, date;             // import
  std::optional<std::int32_t> year;    // import
  bool live = false;                   // check
  std::string contact;                 // check --live, sniff of an address: in the user agent
  std::vector<std::string> allow_net;
  std::string format = "text";
};
int portal(const PortalRequest& request);

struct ConfigRequest {
  std::string action;   // show, validate
  std::string service;  // crawler, parser, validator
  std::string file;
};
int config(const ConfigRequest& request);

// Reads the command line and calls one of the above.
int dispatch(int argc, char** argv);

}  // namespace gouji::command
