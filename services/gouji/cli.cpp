// The command line: names, help and shell completion. The only file that includes CLI11.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "common/runtime/setting_value.h"
#include "gouji/version.h"
#include "services/gouji/commands.h"
#include "services/gouji/completion.h"
#include "services/gouji/exit_codes.h"

namespace gouji::command {
namespace {

// Everything that the command line can say.
struct Requests {
  RunRequest run;
  CheckRequest check;
  std::string check_format = "text";
  std::string fail_on = "error";
  TailRequest tail;
  ListRequest list;
  ShowRequest show;
  WaiveRequest waive;
  StatusRequest status;
  TopicsRequest topics;
  LogRequest log;
  DlqRequest dlq;
  RulesRequest rules;
  std::vector<std::string> rules_arguments;
  BacktestRequest backtest;
  OrgansRequest organs;
  NotifyRequest notify;
  HealthRequest health;
  ReparseRequest reparse;
  EvidenceRequest evidence;
  ConfigRequest config;
  PortalRequest portal;
  std::string shell;
};

void add_log(CLI::App* app, LogChoice& where) {
  app->add_option("--log", where.log, "事件日志：local:路径 或 kafka:主机:端口（默认 local:DATA/log.db）\n"
                                      "event log: local:PATH or kafka:HOST:PORT[,…]")->type_name("LOG");
  app->add_option("--data", where.data, "数据目录 / data folder")->capture_default_str()->type_name("DIR");
  app->add_option("--kafka", where.kafka, "librdkafka 设置 / setting for librdkafka")->type_name("NAME=VALUE")->allow_extra_args(false);
}

void add_language(CLI::App* app, Language& language) {
  app->add_option_function<std::string>("--lang", [&language](const std::string& name) { language = name == "en" ? Language::kEnglish : Language::kChinese; },
                                        "输出语言 / language of messages (zh, en)")->check(CLI::IsMember({"zh", "en"}))->type_name("LANG");
}

void add_format(CLI::App* app, std::string& format, const std::vector<std::string>& formats) {
  app->add_option("--format", format, fmt::format("输出格式 / output format ({})", fmt::join(formats, ", ")))
      ->check(CLI::IsMember(formats))->type_name("FORMAT");
}

void add_severities(CLI::App* app, std::string& file) {
  app->add_option("--severities", file, "规则级别文件，每行 RULE = error|warning|info / file of other severities for rules")->type_name("FILE");
}

void define_run(CLI::App& app, Requests& requests) {
  auto* run = app.add_subcommand("run", "采集、解析、核对，一个进程完成 / crawler, parser and validator in one process");
  run->add_option("SOURCE", requests.run.sources, "文件、目录、网址或门户文件 / file, directory, URL or portal file (default: tests/samples)");
  add_log(run, requests.run.where);
  run->add_flag("--once", requests.run.once, "读完即止 / end when everything is read and through");
  run->add_option("--allow-net", requests.run.allow_net, "允许访问的内网地址段 / private address range that may be fetched")->type_name("CIDR")->allow_extra_args(false);
  run->add_option("--admin", requests.run.admin, "/metrics 的监听地址 / address of /metrics")->capture_default_str()->type_name("ADDR:PORT");
  add_severities(run, requests.run.severities);
  add_language(run, requests.run.language);
  run->footer("采集的设置用环境变量，如 GOUJI_HOST_DELAY=2s、GOUJI_LOG_LEVEL=info；gouji config show crawler 列出全部 / the crawler's settings are variables of the "
              "environment; gouji config show crawler lists them. 退出码 / exit codes: 0 · 2 用法或设置 usage · 3 --once 有读不了、取不到的 something unreadable or not fetched · "
              "4 日志打不开 log unavailable");
}

void define_check(CLI::App& app, Requests& requests) {
  auto* check = app.add_subcommand("check", "离线检查报告，什么也不保存、不外传 / check documents offline; nothing is stored or sent");
  check->add_option("FILE", requests.check.files, "文件或目录，- 为标准输入 / file or directory, - for standard input")->required();
  add_format(check, requests.check_format, {"text", "json", "sarif", "html", "slip"});
  add_language(check, requests.check.language);
  check->add_option("--previous", requests.check.previous, "上一年的报告，用于跨年核对 / last year's report, for the cross-year rules")->type_name("FILE");
  check->add_option("--organ", requests.check.organ, "机关名称（文中不明时）/ name of the organ, where the document does not say")->type_name("NAME");
  check->add_option("--year", requests.check.year, "报告年度 / report year")->check(CLI::Range(1949, 2100))->type_name("Y");
  check->add_option("--scope", requests.check.scope, "统计范围：OWN 本机关，AGGREGATE 含下级，SYSTEM 垂直系统 / whose work the figures cover: its own, with all below it, a vertical system")->check(CLI::IsMember({"OWN", "AGGREGATE", "SYSTEM"}))->type_name("S");
  check->add_option("--fail-on", requests.fail_on, "从哪一级起以 1 退出 / exit 1 from this severity on (error, warning, info, never)")
      ->check(CLI::IsMember({"error", "warning", "info", "never"}))->type_name("LEVEL");
  check->add_option("--waivers", requests.check.waivers, "豁免文件 / file of waivers: one JSON object a line (docs/cli.md)")->type_name("FILE");
  add_severities(check, requests.check.severities);
  check->footer("退出码 / exit codes: 0 全部读出，没有 --fail-on 所定级别的问题 clean · 1 有这样的问题 findings · 2 用法不对，或 --previous 不是上一年度的报告 usage · "
                "3 有文件未能读全或不是年度报告 a document was not read in full · 4 输出写不进去 output cannot be written");
}

void define_tail(CLI::App& app, Requests& requests) {
  auto* tail = app.add_subcommand("tail", "查看事件，只含已提交的记录 / follow topics, committed records only");
  tail->add_option("TOPIC", requests.tail.topics, "主题 / topics (default: verdicts and anomalies)");
  add_log(tail, requests.tail.where);
  tail->add_option("--from", requests.tail.from, "start、end、位置或时间 / start, end, an offset or a time")->capture_default_str()->type_name("FROM");
  tail->add_flag("--follow,-f", requests.tail.follow, "继续等待新记录 / go on with new records");
  tail->add_option("--filter", requests.tail.filters, "条件 NAME=VALUE：key、partition、topic 或事件头 / or a header, such as ce_type=gouji.anomaly.opened.v1")->type_name("K=V")->allow_extra_args(false);
  add_format(tail, requests.tail.format, {"text", "json", "raw"});
}

void define_lists(CLI::App& app, Requests& requests) {
  auto* list = app.add_subcommand("list", "列出未结异常 / open anomalies");
  add_log(list, requests.list.where);
  list->add_option("--organ", requests.list.organ, "机关（名称的一部分）/ part of the organ's name or id");
  list->add_option("--year", requests.list.year, "报告年度 / report year");
  list->add_option("--division", requests.list.division, "行政区划代码开头 / beginning of the division code");
  list->add_option("--rule", requests.list.rule, "规则 / rule id");
  list->add_option("--severity", requests.list.severity, "级别 / severity (error, warning, info)")->check(CLI::IsMember({"error", "warning", "info"}));
  list->add_option("--fault", requests.list.fault, "原因：原文如此、读取有误、表格样式不同、未定 / whose fault: of the publisher, of our reading, of the form, undecided")->check(CLI::IsMember({"PUBLISHER", "EXTRACTION", "FORM", "UNDECIDED"}));
  list->add_flag("--waived", requests.list.waived, "只列已豁免的 / those that are waived, and no others");
  add_format(list, requests.list.format, {"text", "json", "csv"});
  add_language(list, requests.list.language);
  auto* show = app.add_subcommand("show", "一项异常或一份报告的详情 / one anomaly, or one report by its key");
  show->add_option("ID", requests.show.id, "异常编号（可只写开头）或报告键 / anomaly id (its beginning will do) or report key")->required();
  add_log(show, requests.show.where);
  add_format(show, requests.show.format, {"text", "json"});
  add_language(show, requests.show.language);
  auto* status = app.add_subcommand("status", "进度、来源、死信 / lag, sources, dead letters");
  add_log(status, requests.status.where);
  add_format(status, requests.status.format, {"text", "json"});
}

void define_log(CLI::App& app, Requests& requests) {
  auto* log = app.add_subcommand("log", "日志：stat、verify、compact、copy、compare / the log itself");
  log->add_option("ACTION", requests.log.action, "stat, verify, compact（本地日志 / of a local log）, copy, compare")
      ->required()->check(CLI::IsMember({"stat", "verify", "compact", "copy", "compare"}));
  add_log(log, requests.log.where);
  log->add_option("--to", requests.log.to.log, "copy、compare：另一个日志 / the other log")->type_name("LOG");
  log->add_option("--to-kafka", requests.log.to.kafka, "另一个日志的 librdkafka 设置 / setting for librdkafka of the other log")->type_name("NAME=VALUE");
  log->add_option("--blobs-to", requests.log.blobs_to, "copy：大文件复制到这个目录 / folder for the copies of large documents")->type_name("DIR");
  log->footer("copy：把原始记录、豁免和大文件复制到更大的日志，可中断后重来；其余在那里重新计算，再用 compare 比较 / carries raw records, waivers and large "
              "documents to another log, and may be run again; the rest is computed anew there, and compare tells whether it came out the same");
}

void define_dlq(CLI::App& app, Requests& requests) {
  auto* dlq = app.add_subcommand("dlq", "死信：list、show、replay / dead letters");
  dlq->add_option("ACTION", requests.dlq.action, "list, show, replay")->required()->check(CLI::IsMember({"list", "show", "replay"}));
  dlq->add_option("LETTER", requests.dlq.ids, "位置（主题/分区/位移）或 ce_id / its place (topic/partition/offset) or ce_id");
  add_log(dlq, requests.dlq.where);
  dlq->add_option("--topic", requests.dlq.topic, "只看这个死信主题 / this dead-letter topic only")->type_name("TOPIC");
  dlq->add_option("--filter", requests.dlq.filters, "条件 NAME=VALUE：class、code、key、partition 或事件头 / class, code, key, partition or a header")->type_name("K=V");
  dlq->add_option("--limit", requests.dlq.limit, "至多这么多条 / at most so many")->check(CLI::PositiveNumber)->type_name("N");
  dlq->add_option("--to", requests.dlq.to, "replay：改投到这个主题（默认为原主题）/ to this topic (default: where it came from)")->type_name("TOPIC");
  dlq->add_flag("--dry-run", requests.dlq.dry_run, "replay：只列出，不重放 / only say what would be replayed");
  dlq->add_flag("--again", requests.dlq.again, "replay：此前重放过的也再来一次 / also what was replayed before");
  add_format(dlq, requests.dlq.format, {"text", "json"});
}

void define_rules(CLI::App& app, Requests& requests) {
  auto* rules = app.add_subcommand("rules", "规则：list、show ID、docs DIR、backtest / the rules");
  rules->add_option("ACTION", requests.rules.action, "list, show, docs, backtest")->required()->check(CLI::IsMember({"list", "show", "docs", "backtest"}));
  rules->add_option("ARG", requests.rules_arguments, "show：规则编号；docs：目录；backtest：文件或目录 / show: rule id, such as T3.BALANCE; docs: a folder; backtest: files or directories");
  add_log(rules, requests.backtest.where);
  rules->add_option("--against", requests.backtest.against, "backtest：此前 check --format json 的输出 / what check --format json wrote before")->type_name("FILE");
  rules->add_flag("--reparse", requests.backtest.reparse, "backtest：日志中的原文也重新解析 / also read the log's documents again");
  add_format(rules, requests.rules.format, {"text", "json"});
  add_language(rules, requests.rules.language);
  rules->footer("backtest：若改用本程序的规则，未结异常会有哪些增减；什么也不改动。退出码 0 无变化，1 有变化 / what the rules of this build would add, change and "
                "remove among the open anomalies of a log, or of documents checked before; changes nothing. Exit code 0: no difference, 1: some");
}

int carry_out_rules(Requests& requests) {
  if (requests.rules.action != "backtest") {
    if (!requests.rules_arguments.empty()) requests.rules.rule = requests.rules_arguments.front();
    return rules(requests.rules);
  }
  requests.backtest.sources = requests.rules_arguments;
  requests.backtest.format = requests.rules.format;
  requests.backtest.language = requests.rules.language;
  return backtest(requests.backtest);
}

void define_operations(CLI::App& app, Requests& requests) {
  auto* topics = app.add_subcommand("topics", "主题：list、check、apply / topics");
  topics->add_option("ACTION", requests.topics.action, "list, check, apply")->required()->check(CLI::IsMember({"list", "check", "apply"}));
  add_log(topics, requests.topics.where);
  topics->add_option("--replication", requests.topics.replication, "新建主题的副本数（单个 broker 用 1）/ replication of topics that are created (1 for a single broker)")
      ->check(CLI::Range(1, 9))->type_name("N");
  topics->add_option("--file", requests.topics.file, "主题文件（默认内置）/ topics file (default: embedded)");
  define_log(app, requests);
  define_dlq(app, requests);
  define_rules(app, requests);
  auto* reparse = app.add_subcommand("reparse", "解析程序更正后，重新解析已有文件；版本不变，重新评估 / read documents again after the parser was corrected");
  add_log(reparse, requests.reparse.where);
  reparse->add_option("--organ", requests.reparse.organ, "机关名称或编号 / name, id or a part of the id of an organ")->type_name("NAME");
  reparse->add_option("--year", requests.reparse.year, "报告年度 / report year")->check(CLI::Range(1949, 2100))->type_name("Y");
  reparse->add_option("--since", requests.reparse.since, "采集时间不早于 / fetched at or after, 2026-01-31 or RFC 3339")->type_name("TIME");
  reparse->add_option("--until", requests.reparse.until, "采集时间早于 / fetched before")->type_name("TIME");
  reparse->add_flag("--dry-run", requests.reparse.dry_run, "只列出，不写入 / only say what would be read again");
  auto* organs = app.add_subcommand("organs", "机关名录：find 名称、check 文件 / the directory of organs");
  organs->add_option("ACTION", requests.organs.action, "find, check")->required()->check(CLI::IsMember({"find", "check"}));
  organs->add_option("ARG", requests.organs.argument, "find：机关或行政区划的名称、代码；check：名录文件 / find: name or code of an organ or a division; check: a file such as organs.json")->required();
  add_format(organs, requests.organs.format, {"text", "json"});
  add_language(organs, requests.organs.language);
  auto* config = app.add_subcommand("config", "服务的设置：show、validate / settings of a service");
  config->add_option("ACTION", requests.config.action, "show, validate")->required()->check(CLI::IsMember({"show", "validate"}));
  config->add_option("SERVICE", requests.config.service, "crawler, parser, validator")->required()->check(CLI::IsMember({"crawler", "parser", "validator"}));
  config->add_option("--config", requests.config.file, "YAML 设置文件 / YAML settings file")->type_name("FILE");
  auto* completion = app.add_subcommand("completion", "命令补全脚本 / completion script (bash, zsh, fish)");
  completion->add_option("SHELL", requests.shell, "bash, zsh, fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

void define_evidence(CLI::App& app, Requests& requests) {
  auto* evidence = app.add_subcommand("evidence", "证据：write、verify / a bundle that proves an anomaly by itself");
  evidence->add_option("ACTION", requests.evidence.action, "write, verify")->required()->check(CLI::IsMember({"write", "verify"}));
  evidence->add_option("ARG", requests.evidence.argument, "write：异常编号（可只写开头）；verify：证据包或存档（DATA/warc）目录 / write: anomaly id, its beginning "
                                                          "will do; verify: folder of a bundle, or of the archive (DATA/warc)")->required();
  add_log(evidence, requests.evidence.where);
  evidence->add_option("--out", requests.evidence.out, "write：目录（默认 evidence-编号）/ folder (default evidence-ID)")->type_name("DIR");
  add_format(evidence, requests.evidence.format, {"text", "json"});
  add_language(evidence, requests.evidence.language);
  evidence->footer("verify 不需要日志，也不联网 / needs neither the log nor a network. 退出码 / exit codes: 0 相符 it holds · 1 有不符 something does not · 2 用法错误 usage");
}

void define_waive(CLI::App& app, Requests& requests) {
  auto* waive = app.add_subcommand("waive", "豁免：add、list、remove / accept an anomaly as known, for the figures that stand there");
  waive->add_option("ACTION", requests.waive.action, "add, list, remove")->required()->check(CLI::IsMember({"add", "list", "remove"}));
  waive->add_option("ID", requests.waive.id, "异常编号（可只写开头）/ anomaly id, its beginning will do");
  add_log(waive, requests.waive.where);
  waive->add_option("--rule", requests.waive.rule, "规则（代替编号，须有 --organ）/ rule, instead of an id and with --organ");
  waive->add_option("--instance", requests.waive.instance, "规则的行、列或组 / row, column or group of the rule");
  waive->add_option("--organ", requests.waive.organ, "机关名称或编号 / the organ's name or id");
  waive->add_option("--year", requests.waive.year, "报告年度 / report year");
  waive->add_option("--scope", requests.waive.scope, "统计范围 / whose work the figures cover")->check(CLI::IsMember({"OWN", "AGGREGATE", "SYSTEM", "UNKNOWN"}));
  waive->add_option("--reason", requests.waive.reason, "理由 / why");
  waive->add_option("--author", requests.waive.author, "何人 / who");
  waive->add_option("--until", requests.waive.until, "有效期至（不含）/ ends at the beginning of that day")->type_name("DATE");
  add_format(waive, requests.waive.format, {"text", "json"});
  add_language(waive, requests.waive.language);
}

void define_portal(CLI::App& app, Requests& requests) {
  PortalRequest& request = requests.portal;
  auto* portal = app.add_subcommand("portal", "门户文件：list、sniff、check、explain、import / portal files");
  portal->add_option("ACTION", request.action, "list, sniff, check, explain, import")->required()->check(CLI::IsMember({"list", "sniff", "check", "explain", "import"}));
  portal->add_option("ARG", request.arguments, "list、check：门户文件或目录；sniff：网页文件或网址；explain：网址和门户文件；import：保存的网页 / "
                                               "list, check: portal files or folders; sniff: a saved page or an address; explain: an address and portal files; import: a saved page");
  add_log(portal, request.where);
  portal->add_option("--url", request.url, "sniff、import：网页的原址 / where the page was saved from")->type_name("URL");
  portal->add_option("--portal", request.portal, "import：所属门户文件 / portal file that the page belongs to")->type_name("FILE");
  portal->add_option("--organ", request.organ, "import：机关名称 / name of the organ")->type_name("NAME");
  portal->add_option("--year", request.year, "import：报告年度 / report year")->check(CLI::Range(1949, 2100))->type_name("Y");
  portal->add_option("--date", request.date, "import：何日保存（默认今天）/ the day on which it was saved (default: today)")->type_name("DATE");
  portal->add_flag("--live", request.live, "check：再向门户请求一次，遵守 robots.txt / also ask the portal once, politely");
  portal->add_option("--contact", request.contact, "请求中的联系方式 / who asks, in the user agent: mailto:… or an address")->type_name("CONTACT");
  portal->add_option("--allow-net", request.allow_net, "允许访问的内网地址段 / private address range that may be fetched")->type_name("CIDR")->allow_extra_args(false);
  add_format(portal, request.format, {"text", "json"});
  portal->footer("list：不写文件则列出各类系统 / without files: the families. sniff：认出系统并起草门户文件 / names the system and drafts a file. check：离线核对写法和样本页 / the file and "
                 "its recorded pages, offline. 退出码 / exit codes: 0 合格 good · 1 不合格、认不出或不会采集 not so · 2 写法有误 mistakes in a file · 4 日志不可用 log unavailable");
}

void define_notify(CLI::App& app, Requests& requests) {
  auto* notify = app.add_subcommand("notify", "把异常通知 Alertmanager 和网络钩子 / carries anomalies to Alertmanager and webhooks");
  add_log(notify, requests.notify.where);
  notify->add_option("--targets", requests.notify.targets, "接收方文件 / file of receivers (docs/notify.md)")->type_name("FILE");
  notify->add_option("--alertmanager", requests.notify.alertmanagers, "Alertmanager 的网址，可重复 / address of an Alertmanager, may repeat")->type_name("URL")->allow_extra_args(false);
  notify->add_option("--from", requests.notify.from, "首次启动：end 已有的异常不再通知网络钩子，start 也通知 / first start: whether webhooks hear of what is there already")
      ->check(CLI::IsMember({"start", "end"}))->capture_default_str()->type_name("FROM");
  notify->add_flag("--once", requests.notify.once, "送完即止 / end when everything is delivered (exit 3: something is left)");
  notify->add_flag("--check", requests.notify.check, "只检查接收方文件 / only check the file of receivers");
  notify->add_flag("--test", requests.notify.test, "向每个接收方发一条测试通知 / send a made-up notice to each receiver");
  notify->add_option("--admin", requests.notify.admin, "/metrics 的监听地址 / address of /metrics")->capture_default_str()->type_name("ADDR:PORT");
}

void define_health(CLI::App& app, Requests& requests) {
  auto* health = app.add_subcommand("health", "一个服务是否正常，供容器查问 / whether a service is well, for containers (exit 1: it is not, 4: no answer)");
  health->add_option("ADDR", requests.health.address, "服务的 --admin 地址 / what the service has as --admin")->required()->type_name("HOST:PORT");
  health->add_flag("--ready", requests.health.ready, "问 /readyz，而非 /healthz / ask /readyz");
}

std::optional<Severity> fail_level(const std::string& name) {
  if (name == "never") return std::nullopt;
  if (name == "warning") return Severity::kWarning;
  return name == "info" ? Severity::kInfo : Severity::kError;
}

CheckFormat check_format(const std::string& name) {
  if (name == "json") return CheckFormat::kJson;
  if (name == "sarif") return CheckFormat::kSarif;
  if (name == "html") return CheckFormat::kHtml;
  return name == "slip" ? CheckFormat::kSlip : CheckFormat::kText;
}

// "add list remove" of an argument that is one of these.
std::string choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();  // TEXT:{add,list,remove}
  const std::size_t open = type.find('{');
  if (open == std::string::npos) return {};
  std::string choices = type.substr(open + 1, type.find('}') - open - 1);
  std::replace(choices.begin(), choices.end(), ',', ' ');
  return choices;
}

int carry_out(const CLI::App& app, Requests& requests) {
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "run") return run(requests.run);
  if (name == "check") {
    requests.check.format = check_format(requests.check_format);
    requests.check.fail_on = fail_level(requests.fail_on);
    return check(requests.check);
  }
  if (name == "tail") return tail(requests.tail);
  if (name == "list") return list(requests.list);
  if (name == "show") return show(requests.show);
  if (name == "waive") return waive(requests.waive);
  if (name == "status") return status(requests.status);
  if (name == "topics") return topics(requests.topics);
  if (name == "log") return log(requests.log);
  if (name == "dlq") return dlq(requests.dlq);
  if (name == "rules") return carry_out_rules(requests);
  if (name == "organs") return organs(requests.organs);
  if (name == "health") return health(requests.health);
  if (name == "notify") return notify(requests.notify);
  if (name == "reparse") return reparse(requests.reparse);
  if (name == "evidence") return evidence(requests.evidence);
  if (name == "config") return config(requests.config);
  if (name == "portal") return portal(requests.portal);
  std::vector<CommandWords> words;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back({sub->get_name(), {}, {}});
    for (const CLI::Option* option : sub->get_options()) {
      for (const std::string& flag : option->get_lnames()) words.back().options.push_back("--" + flag);
      if (option->get_positional()) words.back().actions += choices_of(*option);
    }
  }
  fmt::print("{}", completion_script(requests.shell, words));
  return kOk;
}

std::string_view usage_words(const CLI::ParseError& error) {
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::RequiredError: return "缺少参数 / missing";
    case CLI::ExitCodes::ExtrasError: return "不认识 / unknown";
    case CLI::ExitCodes::ArgumentMismatch: return "参数个数不对 / wrong number of values";
    default: return "取值不对 / wrong value";
  }
}

// Names what is wrong, the command or option that was probably meant, and where its help stands.
int wrong_usage(const CLI::App& app, const CLI::ParseError& error) {
  const auto subcommands = app.get_subcommands();
  const CLI::App& used = subcommands.empty() ? app : *subcommands.front();
  const std::string name = subcommands.empty() ? "gouji" : "gouji " + used.get_name();
  fmt::print(stderr, "{}: {}: {}\n", name, usage_words(error), error.what());
  std::vector<std::string> known;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    if (subcommands.empty()) known.push_back(sub->get_name());
  for (const CLI::Option* option : used.get_options())
    for (const std::string& flag : option->get_lnames()) known.push_back("--" + flag);
  const std::vector<std::string> extras = app.remaining(true);
  if (const auto meant = extras.empty() ? std::nullopt : runtime::nearest_name(extras.front(), known))
    fmt::print(stderr, "是否指 / did you mean: {}\n", *meant);
  fmt::print(stderr, "用 {0} --help 查看用法 / see {0} --help\n", name);
  return kUsage;
}

// A report that ends in the middle must not look like a whole one. `run` and `notify` work on without a console.
int written(const CLI::App& app, int code) {
  const std::string name = app.get_subcommands().front()->get_name();
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!failed || name == "run" || name == "notify") return code;
  fmt::print(stderr, "gouji {}: 输出没有写全，请检查磁盘空间 / the output is incomplete: it cannot be written, is the disk full?\n", name);
  return kLogUnavailable;
}

constexpr const char* kOptions = "选项 / options";

// Headings of the help in both languages.
void name_headings(CLI::App& app) {
  const auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(30);
  formatter->label("Usage", "用法 / usage");
  formatter->label("Positionals", "参数 / arguments");
  formatter->label("REQUIRED", "（必填 / required）");
  app.formatter(formatter);
  app.option_defaults()->group(kOptions);
  app.set_help_flag("-h,--help", "显示帮助 / show this help");
}

// Of what CLI11 makes before it takes over the headings.
void name_headings_of_commands(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    command->group("命令 / commands");
    command->get_help_ptr()->group(kOptions);
  }
}

}  // namespace

int dispatch(int argc, char** argv) {
  CLI::App app{"勾稽：核对政府信息公开年度报告 / checks annual government disclosure reports", "gouji"};
  app.require_subcommand(0, 1);  // without one, a misspelt command is named as such
  name_headings(app);  // before the subcommands, which take it over
  app.set_version_flag("--version", std::string("gouji ") + std::string(version()), "显示版本 / show the version");
  app.footer("例 / example: gouji check report.html · gouji run --once tests/samples · gouji COMMAND --help");
  Requests requests;
  define_run(app, requests);
  define_check(app, requests);
  define_tail(app, requests);
  define_lists(app, requests);
  define_waive(app, requests);
  define_portal(app, requests);
  define_notify(app, requests);
  define_health(app, requests);
  define_evidence(app, requests);
  define_operations(app, requests);
  name_headings_of_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return wrong_usage(app, error);
  }
  if (app.get_subcommands().empty()) {
    fmt::print(stderr, "{}", app.help());
    return kUsage;
  }
  return written(app, carry_out(app, requests));
}

}  // namespace gouji::command
