// Messages of the group robots: Slack, WeCom, DingTalk, Feishu. One anomaly a message, or several together
// where many wait: a robot may say about 20 things a minute.
//
// By the robots' manuals a WeCom text has at most 4,096 bytes, a DingTalk message 20,000, a request to Feishu
// 20 KB, a Slack text 40,000 characters.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "services/gouji/notify/message.h"
#include "services/gouji/notify/targets.h"

namespace gouji::command {

bool is_chat(TargetShape shape);
// Body of the request, JSON. What comes from documents can make no links, mentions or emphasis.
std::string chat_body(const NotifyTarget& target, const Notice& notice);

struct ChatDigest {
  std::string body;
  std::size_t taken = 0;  // of the bodies, from the first on
};
// Several bodies of chat_body in short; as many as there is room for, one at least. `waiting` = all that wait.
ChatDigest chat_digest(const NotifyTarget& target, const std::vector<std::string>& bodies, std::size_t waiting);

}  // namespace gouji::command
