#include "services/parser/core/sniff.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

std::string followed(std::string text, std::string_view rest) {
  text.append(rest);
  return text;
}

// The head of a ZIP whose first part has this name.
std::string zip_of(std::string_view part) {
  std::string head("PK\x03\x04", 4);
  head.append(26, '\0');
  return followed(head, part);
}

struct Case {
  std::string bytes;
  Format format;
};

TEST(Sniff, TellsAFormatByItsBytes) {
  const Case cases[] = {
      {"", Format::kEmpty},
      {" \r\n\t", Format::kEmpty},
      {"\xEF\xBB\xBF\n", Format::kEmpty},
      {std::string(100'000, ' '), Format::kEmpty},
      {followed(std::string(100'000, ' '), "x"), Format::kText},
      {"%PDF-1.7\n%\xE2\xE3\xCF\xD3", Format::kPdf},
      {"\r\n%PDF-1.4", Format::kPdf},
      {zip_of("word/document.xml"), Format::kDocx},
      {zip_of("xl/workbook.xml"), Format::kXlsx},
      {zip_of("OFD.xml"), Format::kOfd},
      {zip_of("a.txt"), Format::kZip},
      {zip_of("mimetypeapplication/vnd.oasis.opendocument.text"), Format::kOdt},
      {zip_of("mimetypeapplication/vnd.oasis.opendocument.spreadsheet-template"), Format::kOds},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Format::kOle},
      {"{\\rtf1\\ansi", Format::kRtf},
      {"\x89PNG\r\n\x1A\n", Format::kPng},
      {"\xFF\xD8\xFF\xE0", Format::kJpeg},
      {std::string("II*\0", 4), Format::kTiff},
      {std::string("MM\0*", 4), Format::kTiff},
      {"GIF89a", Format::kGif},
      {"\x1F\x8B\x08", Format::kGzip},
      {std::string("\x01\x02\x03\x04\x05\x06\x07\x08", 8), Format::kBinary},
      {std::string(1000, '\0'), Format::kBinary},
      {"<!DOCTYPE html><p>a", Format::kHtml},
      {"\n<html>", Format::kHtml},
      {"\xEF\xBB\xBF<HTML>", Format::kHtml},
      {"<table><tr><td>1", Format::kHtml},
      {"<?xml version='1.0'?><html><body>", Format::kHtml},
      {"标题<p>a</p><p>b<br>", Format::kHtml},
      {"<!-- x --><div>a</div>", Format::kHtml},
      {"一、总体情况\n2021年", Format::kText},
      {"a < b, <p> is a tag", Format::kText},
      {"<前言> 说明", Format::kText},
      {"{\"content\": \"x\"}", Format::kJson},
      {" [ {\"a\": 1}]", Format::kJson},
      {"[1] 脚注", Format::kText},
      {"{说明}", Format::kText},
      {std::string("\xFF\xFE\x2D\x4E\x00\x00", 6), Format::kText},
      {std::string("\xFF\xFE<\0h\0t\0m\0l\0>\0", 14), Format::kHtml},
      {std::string("\xFE\xFF\0<\0p\0>\x4E\x2D", 10), Format::kHtml},
  };
  for (const Case& c : cases)
    EXPECT_EQ(to_string(sniff(c.bytes)), to_string(c.format)) << c.bytes.substr(0, 40);
}

TEST(Sniff, ADeclaredTypeDecidesOnlyWhereTagsAreFew) {
  EXPECT_EQ(sniff("正文<br>正文"), Format::kText);
  EXPECT_EQ(sniff("正文<br>正文", {true}), Format::kHtml);
  EXPECT_EQ(sniff("正文", {true}), Format::kText);
  EXPECT_EQ(sniff("%PDF-1.7", {true}), Format::kPdf);
}

TEST(Sniff, EveryFormatHasANameAndAMediaType) {
  for (int i = 0; i <= static_cast<int>(Format::kBinary); ++i) {
    const auto format = static_cast<Format>(i);
    EXPECT_FALSE(to_string(format).empty());
    EXPECT_NE(media_type(format).find('/'), std::string_view::npos);
    EXPECT_EQ(to_string(format) == to_string(Format::kEmpty), format == Format::kEmpty) << i;
  }
}

}  // namespace
}  // namespace gouji::parser
