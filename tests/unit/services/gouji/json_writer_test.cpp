#include "services/gouji/json_writer.h"

#include <gtest/gtest.h>

namespace gouji::command {
namespace {

TEST(JsonWriter, PlacesCommasBetweenMembersAndNowhereElse) {
  JsonWriter json;
  json.begin_object().key("a").number(1).key("b").begin_array().end_array().key("c").begin_object().end_object();
  json.key("d").begin_array().number(1).number(2).begin_object().key("x").null().end_object().end_array();
  json.key("e").boolean(true).end_object();
  EXPECT_EQ(json.str(), R"({"a":1,"b":[],"c":{},"d":[1,2,{"x":null}],"e":true})");
}

TEST(JsonWriter, EscapesWhatJsonAndTerminalsMustNotSee) {
  JsonWriter json;
  json.text("\"\\\n\t\x01\x1b[31m\x7f府");
  EXPECT_EQ(json.str(), "\"\\\"\\\\\\n\\t\\u0001\\u001b[31m\\u007f府\"");
}

TEST(JsonWriter, MendsBytesThatAreNotUtf8) {
  JsonWriter json;
  json.text("a\xff\xfe");
  EXPECT_EQ(json.str(), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace gouji::command
